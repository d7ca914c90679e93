// The fields of every message: one list serves both directions. Private to the codec.
#pragma once

#include "protocol/reply_fields.h"
#include "protocol/request_fields.h"
