#pragma once

#include <ltsmin/pins.h>

extern char pins_plugin_name[];
void pins_model_init(model_t model);
