/* Walks a PINS plug-in breadth first, one transition group after the other, and prints how many states it has. It also
   holds the plug-in to its dependency matrix: a group that says it does not touch a variable must not write it. */
#include <ltsmin/dlopen-api.h>
#include <ltsmin/lts-type.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int length, groups;
static int *initial;
static next_method_grey_t next_method;
static unsigned char *touches; /* [group * length + variable] */

struct lts_type {
  int unused;
};
static struct lts_type the_type;
lts_type_t lts_type_create(void) { return &the_type; }
void lts_type_set_state_length(lts_type_t type, int n) { (void)type, length = n; }
int lts_type_add_type(lts_type_t type, const char *name, int *is_new) { return (void)type, (void)name, (void)is_new, 0; }
void lts_type_set_format(lts_type_t type, int number, data_format_t format) { (void)type, (void)number, (void)format; }
void lts_type_set_state_name(lts_type_t type, int index, const char *name) { (void)type, (void)index, (void)name; }
void lts_type_set_state_typeno(lts_type_t type, int index, int number) { (void)type, (void)index, (void)number; }
void lts_type_set_edge_label_count(lts_type_t type, int count) { (void)type, (void)count; }
void lts_type_set_edge_label_name(lts_type_t type, int index, const char *name) { (void)type, (void)index, (void)name; }
void lts_type_set_edge_label_typeno(lts_type_t type, int index, int number) { (void)type, (void)index, (void)number; }
void lts_type_validate(lts_type_t type) { (void)type; }

int dm_create(matrix_t *matrix, int rows, int columns) {
  matrix->rows = rows, matrix->columns = columns;
  if (touches == NULL) touches = calloc((size_t)rows * (size_t)columns, 1);
  return 0;
}
void dm_set(matrix_t *matrix, int row, int column) { touches[row * matrix->columns + column] = 1; }
void GBsetLTStype(model_t model, lts_type_t type) { (void)model, (void)type; }
void GBsetInitialState(model_t model, int *state) { (void)model, initial = state; }
void GBsetNextStateLong(model_t model, next_method_grey_t method) { (void)model, next_method = method; }
void GBsetDMInfo(model_t model, matrix_t *matrix) { (void)model, groups = matrix->rows; }
void GBsetDMInfoRead(model_t model, matrix_t *matrix) { (void)model, (void)matrix; }
void GBsetDMInfoMustWrite(model_t model, matrix_t *matrix) { (void)model, (void)matrix; }

static int *states;
static size_t count, capacity;
static unsigned *slots;
static size_t slot_count;

static size_t hash(const int *state) {
  size_t h = 1469598103934665603U;
  for (int i = 0; i < length; ++i) h = (h ^ (size_t)state[i]) * 1099511628211U;
  return h ^ h >> 29;
}
static unsigned *slot_of(const int *state) {
  size_t at = hash(state) & (slot_count - 1);
  while (slots[at] != 0 && memcmp(states + (size_t)(slots[at] - 1) * (size_t)length, state, sizeof(int) * (size_t)length) != 0)
    at = (at + 1) & (slot_count - 1);
  return &slots[at];
}
static void add(const int *state) {
  unsigned *slot = slot_of(state);
  if (*slot != 0) return;
  if (count == capacity) {
    capacity = capacity == 0 ? 1024 : capacity * 2;
    states = realloc(states, capacity * (size_t)length * sizeof(int));
  }
  memcpy(states + count * (size_t)length, state, sizeof(int) * (size_t)length);
  *slot = (unsigned)++count;
}

static int *from;
static void reached(void *context, transition_info_t *info, int *next, int *copied) {
  (void)context, (void)copied;
  for (int i = 0; i < length; ++i)
    if (next[i] != from[i] && !touches[info->group * length + i]) {
      fprintf(stderr, "group %d writes variable %d against its matrix\n", info->group, i);
      exit(1);
    }
  add(next);
}

int main(void) {
  pins_model_init(NULL);
  slot_count = (size_t)1 << 22;
  slots = calloc(slot_count, sizeof *slots);
  from = malloc(sizeof(int) * (size_t)length);
  add(initial);
  for (size_t i = 0; i < count && count < slot_count / 2; ++i) {
    memcpy(from, states + i * (size_t)length, sizeof(int) * (size_t)length);
    for (int group = 0; group < groups; ++group) next_method(NULL, group, from, reached, NULL);
  }
  printf("%zu\n", count);
  return 0;
}
