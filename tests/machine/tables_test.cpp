#include "machine/tables.hpp"

#include <gtest/gtest.h>

namespace lockstep::machine {
namespace {

constexpr RowText ROWS[] = {
    {"R-1", "SHUT", "OPEN", "HasKey", "AJAR", "Count"},
    {"R-2", "SHUT", "KICK", "", "AJAR", ""},
    {"R-3", "AJAR", "CLOSE", "", "SHUT", ""},
    {"R-4", ANY_OTHER, "KNOCK", "", "", ""},
};

StateTable door() { return {"Door", "SHUT", ROWS, {{"R-5", "AJAR", "OPEN", "", "ERROR 4"}}}; }

TEST(Tables, markdown) {
  EXPECT_EQ(as_markdown(door()), R"(# Door

```mermaid
stateDiagram-v2
  [*] --> SHUT
  AJAR --> SHUT : CLOSE
  SHUT --> AJAR : OPEN<br>KICK
```

## Transitions

| Rule | From | Stimulus | If | To | Do |
| --- | --- | --- | --- | --- | --- |
| R-1 | SHUT | OPEN | HasKey | AJAR | Count |
| R-2 | SHUT | KICK |  | AJAR |  |
| R-3 | AJAR | CLOSE |  | SHUT |  |
| R-4 | any other | KNOCK |  | (same) |  |

## Refusals

The state stays. The first line that fits counts.

| Rule | From | Stimulus | Defect | Answer |
| --- | --- | --- | --- | --- |
| R-5 | AJAR | OPEN | any | ERROR 4 |
)");
}

TEST(Tables, dot) {
  EXPECT_EQ(as_dot(door()), R"(digraph "Door" {
  node [shape=box];
  start [shape=point];
  start -> SHUT;
  AJAR -> SHUT [label="CLOSE"];
  SHUT -> AJAR [label="OPEN\nKICK"];
}
)");
}

}  // namespace
}  // namespace lockstep::machine
