// The BERT guide: five configurations of one text model, compared.
#pragma once

#include "report/guides/guides.h"

namespace inferometer::report {

Guide bert_guide();

}  // namespace inferometer::report
