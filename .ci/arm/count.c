/* A plugin of qemu that counts the instructions of a program and says so when it ends:

       cc -shared -fPIC -O2 -o count.so count.c
       qemu-aarch64 -plugin ./count.so -d plugin PROGRAM

   These are the parts of version 1 of qemu's interface for plugins that it needs; Debian has no
   package with qemu-plugin.h. */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

typedef uint64_t plugin_id;
struct qemu_info_t;
struct qemu_plugin_tb;
enum { NO_REGISTERS = 0 };
extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int, void *);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);
extern void qemu_plugin_outs(const char *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t instructions;

/* Threads come here at once. */
static void run(unsigned processor, void *count) {
  (void)processor;
  __atomic_fetch_add(&instructions, (uint64_t)(uintptr_t)count, __ATOMIC_RELAXED);
}

static void translated(plugin_id id, struct qemu_plugin_tb *block) {
  (void)id;
  size_t count = qemu_plugin_tb_n_insns(block);
  qemu_plugin_register_vcpu_tb_exec_cb(block, run, NO_REGISTERS, (void *)(uintptr_t)count);
}

static void ended(plugin_id id, void *nothing) {
  (void)id, (void)nothing;
  char line[64];
  snprintf(line, sizeof line, "instructions: %" PRIu64 "\n", instructions);
  qemu_plugin_outs(line);
}

__attribute__((visibility("default"))) int qemu_plugin_install(plugin_id id, const struct qemu_info_t *info,
                                                               int argc, char **argv) {
  (void)info, (void)argc, (void)argv;
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_atexit_cb(id, ended, NULL);
  return 0;
}
