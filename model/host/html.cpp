#include "host/html.hpp"

namespace lockstep::host {

std::string html_head(std::string_view title) {
  constexpr std::string_view STYLE = R"(<style>
body{font:14px sans-serif;margin:2em}table{border-collapse:collapse}
th,td{border:1px solid #ccc;padding:2px 5px;text-align:center}td:first-child,th:first-child{text-align:left;white-space:nowrap}
thead th{position:sticky;top:0;background:#fff;writing-mode:vertical-rl}thead th:first-child{writing-mode:initial}
.holds{background:#dfd}.fails{background:#fbb}.unreachable{background:#eee}.inconclusive{background:#ffd}
a{color:inherit;text-decoration:none}pre{background:#f6f6f6;padding:.5em;overflow:auto}:target{outline:2px solid #36c}
</style>)";
  const std::string safe = escaped(title);
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + safe + "</title>\n" +
         std::string(STYLE) + "</head><body>\n<h1>" + safe + "</h1>\n";
}

}  // namespace lockstep::host
