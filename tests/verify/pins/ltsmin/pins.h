/* As much of LTSmin's PINS interface as the plug-in uses, declared anew so that the plug-in can be compiled and walked
   without LTSmin. */
#pragma once

#include <stddef.h>

typedef struct model* model_t;
typedef struct lts_type* lts_type_t;
typedef struct {
  int rows, columns;
} matrix_t;
typedef struct transition_info {
  int* labels;
  int group;
  int por_proviso;
} transition_info_t;
typedef void (*TransitionCB)(void* context, transition_info_t* info, int* next, int* copied);
typedef int (*next_method_grey_t)(model_t model, int group, int* state, TransitionCB callback, void* context);

void GBsetLTStype(model_t model, lts_type_t type);
void GBsetInitialState(model_t model, int* state);
void GBsetNextStateLong(model_t model, next_method_grey_t method);
void GBsetDMInfo(model_t model, matrix_t* matrix);
void GBsetDMInfoRead(model_t model, matrix_t* matrix);
void GBsetDMInfoMustWrite(model_t model, matrix_t* matrix);
int dm_create(matrix_t* matrix, int rows, int columns);
void dm_set(matrix_t* matrix, int row, int column);
