// data: URIs (RFC 2397), as models and pipelines use them for small files. Some are many megabytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pixgraph {

struct DataUri {
  std::string media_type;  // without parameters, lower case; "text/plain" where the URI has none
  std::vector<std::uint8_t> bytes;
};

/// Base64 may have line breaks and lack its padding, as browsers allow. Throws Error E209.
DataUri decode_data_uri(std::string_view uri);

}  // namespace pixgraph
