// Letters as text that can be read back: how traces, counterexamples and command lines name a stimulus.
//
//   spdm:GET_VERSION
//   spdm:KEY_EXCHANGE defect=session_limit
//   ide_km:KEY_PROG stream=0 slot=k0/rx/1 session=0
//   tdisp:LOCK_INTERFACE_REQUEST tdi=0 session=0 bind_p2p
//   device:CONVENTIONAL_RESET
//
// Stimuli and defects have the names of their machines. What is left out: no defect, no session (in the clear), stream
// 0 of a TDISP letter, slot k0/rx/0, no flag.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "device/control.hpp"

namespace lockstep::device {

std::string letter_text(const Letter&);

/// The error names the word, and what is nearest.
Result<Letter, std::string> parse_letter(std::string_view text);
/// The same for text that goes on: takes the words that belong to the letter, and leaves the rest.
Result<Letter, std::string> parse_letter(std::vector<std::string_view>& words);

/// Parts between blanks.
std::vector<std::string_view> words_of(std::string_view text);
/// What stands behind "NAME=" in one of the words, which is taken out; nullopt: no word begins so.
std::optional<std::string_view> take_value(std::vector<std::string_view>& words, std::string_view name);
/// Whether a word is there; it is taken out.
bool take_word(std::vector<std::string_view>& words, std::string_view word);

}  // namespace lockstep::device
