#pragma once

#include <ltsmin/pins.h>

typedef enum { LTStypeDirect } data_format_t;

lts_type_t lts_type_create(void);
void lts_type_set_state_length(lts_type_t type, int length);
int lts_type_add_type(lts_type_t type, const char* name, int* is_new);
void lts_type_set_format(lts_type_t type, int number, data_format_t format);
void lts_type_set_state_name(lts_type_t type, int index, const char* name);
void lts_type_set_state_typeno(lts_type_t type, int index, int number);
void lts_type_set_edge_label_count(lts_type_t type, int count);
void lts_type_set_edge_label_name(lts_type_t type, int index, const char* name);
void lts_type_set_edge_label_typeno(lts_type_t type, int index, int number);
void lts_type_validate(lts_type_t type);
