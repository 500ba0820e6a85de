/* What Wine 8's C runtime lacks and NumPy and the arcade's lock need. Never a part of a package.
 *
 * Complex functions of C99 under the name w_NAME, with the structures that Windows passes them in,
 * and a _locking that sets errno. ucrtbase.py exports them where Wine has only a stub.
 */

#include <complex.h>
#include <math.h>
#include <windows.h>

typedef struct { float part[2]; } F;
typedef struct { double part[2]; } D;

#define E __declspec(dllexport)

static float _Complex from_f(F x) { return x.part[0] + x.part[1] * I; }
static double _Complex from_d(D x) { return x.part[0] + x.part[1] * I; }
static F to_f(float _Complex x) { return (F){{crealf(x), cimagf(x)}}; }
static D to_d(double _Complex x) { return (D){{creal(x), cimag(x)}}; }

static double norm(double _Complex x) { return creal(x) * creal(x) + cimag(x) * cimag(x); }
static float normf(float _Complex x) { return crealf(x) * crealf(x) + cimagf(x) * cimagf(x); }
static double _Complex log_10(double _Complex x) { return clog(x) / 2.302585092994045684; }
static float _Complex log_10f(float _Complex x) { return (float _Complex)log_10(x); }

/* A function from complex to complex, called NAME by Windows; a long double is a double there. */
#define COMPLEX(NAME, FUNCTION)                                                                    \
    E F w_##NAME##f(F x) { return to_f(FUNCTION##f(from_f(x))); }                                  \
    E D w_##NAME(D x) { return to_d(FUNCTION(from_d(x))); }                                        \
    E D w_##NAME##l(D x) { return to_d(FUNCTION(from_d(x))); }

#define REAL(NAME)                                                                                 \
    E float w_##NAME##f(F x) { return NAME##f(from_f(x)); }                                        \
    E double w_##NAME(D x) { return NAME(from_d(x)); }                                             \
    E double w_##NAME##l(D x) { return NAME(from_d(x)); }

COMPLEX(cacos, cacos) COMPLEX(cacosh, cacosh) COMPLEX(casin, casin) COMPLEX(casinh, casinh)
COMPLEX(catan, catan) COMPLEX(catanh, catanh) COMPLEX(ccos, ccos) COMPLEX(ccosh, ccosh)
COMPLEX(cexp, cexp) COMPLEX(clog, clog) COMPLEX(clog10, log_10) COMPLEX(conj, conj)
COMPLEX(cproj, cproj) COMPLEX(csin, csin) COMPLEX(csinh, csinh) COMPLEX(csqrt, csqrt)
COMPLEX(ctan, ctan) COMPLEX(ctanh, ctanh)
REAL(cabs) REAL(carg) REAL(creal) REAL(cimag) REAL(norm)

E F w_cpowf(F x, F y) { return to_f(cpowf(from_f(x), from_f(y))); }
E D w_cpow(D x, D y) { return to_d(cpow(from_d(x), from_d(y))); }
E D w_cpowl(D x, D y) { return to_d(cpow(from_d(x), from_d(y))); }
E D w__Cbuild(double real, double imaginary) { return (D){{real, imaginary}}; }
E F w__FCbuild(float real, float imaginary) { return (F){{real, imaginary}}; }

/* Wine's own fails without a reason; a held file's is EACCES, or EDEADLOCK once it gave up. */
E int w__locking(int file, int mode, long bytes)
{
    HMODULE wine = LoadLibraryA("ucrtwine.dll");
    int (*locking)(int, int, long) = (void *)GetProcAddress(wine, "_locking");
    int *(*error)(void) = (void *)GetProcAddress(wine, "_errno");
    int failed = locking(file, mode, bytes);
    if (failed)
        *error() = mode == 2 || mode == 4 ? 13 : 36;
    return failed;
}
