// What DuckDB gets before a query; not for other modules.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "record/sources.h"

namespace inferometer::record {

/// No network, and temporary files only in `spill`, which DuckDB makes and removes.
std::string settings_sql(const std::filesystem::path& spill);

/// schema/views.sql as it is shipped. Throws base::UserError when it cannot be read.
std::string views_definition();

/// Reads the sources into the tables that the views stand on, and makes the views. All is read before a
/// query can be typed, so that the query itself needs no access to any file.
std::string views_sql(const Sources& sources);

/// 'text' as SQL writes it.
std::string sql_text(std::string_view text);

}  // namespace inferometer::record
