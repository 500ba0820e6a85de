/* The part of BLAS that NumPy asks for, in place of OpenBLAS, a fifth of the whole package.
 *
 * Nothing that plays multiplies matrices with NumPy, so plain loops are fast enough; they hold what
 * numpy.dot, matmul and inner promise. What numpy.linalg needs of LAPACK is left out: calling it
 * says so and ends the program. A test holds that no code that plays asks for numpy.linalg.
 *
 * Names and types are those of scipy-openblas64: sizes have 64 bits. Real scalars are passed by
 * value, complex ones by address, as in CBLAS (Dongarra et al., Basic Linear Algebra Subprograms
 * Technical Forum Standard, 2001, appendix B).
 */

#include <complex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

typedef int64_t size;

enum { ROWS_FIRST = 101, COLUMNS_FIRST = 102 };
enum { PLAIN = 111, TRANSPOSED = 112, CONJUGATED = 113 };
enum { UPPER = 121, LOWER = 122 };

/* Where a vector of `n` elements that are `step` apart begins; a negative step runs backwards. */
static size first(size n, size step) { return step < 0 ? (1 - n) * step : 0; }

/* Where the element in `row` and `column` of a matrix lies whose lines are `line` apart. */
static size at(int order, size row, size column, size line)
{
    return order == ROWS_FIRST ? row * line + column : column * line + row;
}

/* The functions for one type: NAME begins their names, SCALAR is how a factor is passed, VALUE(x)
 * reads it, CONJ(x) is the conjugate. */
#define FUNCTIONS(NAME, TYPE, SCALAR, VALUE, CONJ)                                                 \
    static TYPE NAME##_element(int order, int form, const TYPE *a, size i, size k, size line)      \
    {                                                                                              \
        TYPE x = form == PLAIN ? a[at(order, i, k, line)] : a[at(order, k, i, line)];              \
        return form == CONJUGATED ? CONJ(x) : x;                                                   \
    }                                                                                              \
    static void NAME##_put(TYPE *to, TYPE sum, TYPE alpha, TYPE beta)                              \
    {                                                                                              \
        *to = beta == 0 ? alpha * sum : alpha * sum + beta * *to; /* what is there may be NaN */   \
    }                                                                                              \
    static TYPE NAME##_sum(size n, const TYPE *x, size dx, const TYPE *y, size dy, int conjugates) \
    {                                                                                              \
        TYPE sum = 0;                                                                              \
        x += first(n, dx);                                                                         \
        y += first(n, dy);                                                                         \
        for (size i = 0; i < n; i++, x += dx, y += dy)                                             \
            sum += (conjugates ? CONJ(*x) : *x) * *y;                                              \
        return sum;                                                                                \
    }                                                                                              \
    EXPORT void scipy_cblas_##NAME##axpy64_(                                                       \
        size n, SCALAR alpha, const TYPE *x, size dx, TYPE *y, size dy)                            \
    {                                                                                              \
        x += first(n, dx);                                                                         \
        y += first(n, dy);                                                                         \
        for (size i = 0; i < n; i++, x += dx, y += dy)                                             \
            *y += VALUE(alpha) * *x;                                                               \
    }                                                                                              \
    EXPORT void scipy_cblas_##NAME##gemv64_(int order, int form, size rows, size columns,          \
        SCALAR alpha, const TYPE *a, size line, const TYPE *x, size dx, SCALAR beta, TYPE *y,      \
        size dy)                                                                                   \
    {                                                                                              \
        size m = form == PLAIN ? rows : columns, n = form == PLAIN ? columns : rows;               \
        x += first(n, dx);                                                                         \
        y += first(m, dy);                                                                         \
        for (size i = 0; i < m; i++, y += dy) {                                                    \
            TYPE sum = 0;                                                                          \
            for (size k = 0; k < n; k++)                                                           \
                sum += NAME##_element(order, form, a, i, k, line) * x[k * dx];                     \
            NAME##_put(y, sum, VALUE(alpha), VALUE(beta));                                         \
        }                                                                                          \
    }                                                                                              \
    EXPORT void scipy_cblas_##NAME##gemm64_(int order, int form_a, int form_b, size m, size n,     \
        size depth, SCALAR alpha, const TYPE *a, size line_a, const TYPE *b, size line_b,          \
        SCALAR beta, TYPE *c, size line_c)                                                         \
    {                                                                                              \
        for (size i = 0; i < m; i++)                                                               \
            for (size j = 0; j < n; j++) {                                                         \
                TYPE sum = 0;                                                                      \
                for (size k = 0; k < depth; k++)                                                   \
                    sum += NAME##_element(order, form_a, a, i, k, line_a)                          \
                        * NAME##_element(order, form_b, b, k, j, line_b);                          \
                NAME##_put(c + at(order, i, j, line_c), sum, VALUE(alpha), VALUE(beta));           \
            }                                                                                      \
    }                                                                                              \
    EXPORT void scipy_cblas_##NAME##syrk64_(int order, int half, int form, size n, size depth,     \
        SCALAR alpha, const TYPE *a, size line_a, SCALAR beta, TYPE *c, size line_c)               \
    {                                                                                              \
        for (size i = 0; i < n; i++)                                                               \
            for (size j = half == UPPER ? i : 0; j < (half == UPPER ? n : i + 1); j++) {           \
                TYPE sum = 0;                                                                      \
                for (size k = 0; k < depth; k++)                                                   \
                    sum += NAME##_element(order, form, a, i, k, line_a)                            \
                        * NAME##_element(order, form, a, j, k, line_a);                            \
                NAME##_put(c + at(order, i, j, line_c), sum, VALUE(alpha), VALUE(beta));           \
            }                                                                                      \
    }

#define REAL(NAME, TYPE)                                                                           \
    FUNCTIONS(NAME, TYPE, TYPE, , )                                                                \
    EXPORT TYPE scipy_cblas_##NAME##dot64_(size n, const TYPE *x, size dx, const TYPE *y, size dy) \
    {                                                                                              \
        return NAME##_sum(n, x, dx, y, dy, 0);                                                     \
    }

#define COMPLEX(NAME, TYPE, CONJ)                                                                  \
    FUNCTIONS(NAME, TYPE, const TYPE *, *, CONJ)                                                   \
    EXPORT void scipy_cblas_##NAME##dotu_sub64_(                                                   \
        size n, const TYPE *x, size dx, const TYPE *y, size dy, TYPE *to)                          \
    {                                                                                              \
        *to = NAME##_sum(n, x, dx, y, dy, 0);                                                      \
    }                                                                                              \
    EXPORT void scipy_cblas_##NAME##dotc_sub64_(                                                   \
        size n, const TYPE *x, size dx, const TYPE *y, size dy, TYPE *to)                          \
    {                                                                                              \
        *to = NAME##_sum(n, x, dx, y, dy, 1);                                                      \
    }

REAL(s, float)
REAL(d, double)
COMPLEX(c, float _Complex, conjf)
COMPLEX(z, double _Complex, conj)

#define LEFT_OUT(NAME)                                                                             \
    EXPORT void scipy_##NAME##_64_(void)                                                           \
    {                                                                                              \
        fputs("BigChamp's part of BLAS is without " #NAME ": use no numpy.linalg\n", stderr);     \
        abort();                                                                                   \
    }

LEFT_OUT(scopy) LEFT_OUT(dcopy) LEFT_OUT(ccopy) LEFT_OUT(zcopy)
LEFT_OUT(sgelsd) LEFT_OUT(dgelsd) LEFT_OUT(cgelsd) LEFT_OUT(zgelsd)
LEFT_OUT(sgesdd) LEFT_OUT(dgesdd) LEFT_OUT(cgesdd) LEFT_OUT(zgesdd)
LEFT_OUT(sgesv) LEFT_OUT(dgesv) LEFT_OUT(cgesv) LEFT_OUT(zgesv)
LEFT_OUT(sgetrf) LEFT_OUT(dgetrf) LEFT_OUT(cgetrf) LEFT_OUT(zgetrf)
LEFT_OUT(spotrf) LEFT_OUT(dpotrf) LEFT_OUT(cpotrf) LEFT_OUT(zpotrf)
LEFT_OUT(sgeev) LEFT_OUT(dgeev) LEFT_OUT(cgeev) LEFT_OUT(zgeev)
LEFT_OUT(ssyevd) LEFT_OUT(dsyevd) LEFT_OUT(cheevd) LEFT_OUT(zheevd)
LEFT_OUT(sgeqrf) LEFT_OUT(dgeqrf) LEFT_OUT(cgeqrf) LEFT_OUT(zgeqrf)
LEFT_OUT(sorgqr) LEFT_OUT(dorgqr) LEFT_OUT(cungqr) LEFT_OUT(zungqr)
