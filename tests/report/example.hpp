// A run made by hand: one result of each verdict, with known words in it.
#pragma once

#include "runner/result.hpp"

namespace lockstep::runner {

inline CaseResult example_failure() {
  CaseResult result;
  result.case_id = "tdisp/lock/in-run";
  result.requirements = {"TDISP-LOCK-001", "TDISP-ERR-001"};
  result.verdict = Verdict::fail;
  result.rule = "TDISP-LOCK-001";
  result.reason = "LOCK was served in RUN";
  result.trace = "out/tdisp-lock-in-run.jsonl";
  result.again = "lockstep test --seed 7 --filter tdisp/lock/in-run";
  result.seconds = 0.25;
  result.decisive = {{.letter = "LOCK_INTERFACE_REQUEST for TDI 0 in session 0",
                      .request = "LOCK_INTERFACE_REQUEST FLAGS=0x0001",
                      .response = "LOCK_INTERFACE_RESPONSE",
                      .request_hex = "10fe",
                      .response_hex = "107e",
                      .before = "NEGOTIATED; TDI 0 RUN",
                      .after = "NEGOTIATED; TDI 0 CONFIG_LOCKED",
                      .permitted = "TDISP_ERROR INVALID_INTERFACE_STATE",
                      .ruling = "fail",
                      .rule = "TDISP-LOCK-001",
                      .reason = "LOCK was served in RUN"}};
  return result;
}

inline CaseResult example(std::string id, Verdict verdict, std::string reason) {
  CaseResult result;
  result.case_id = std::move(id);
  result.requirements = {"TDISP-HDR-001"};
  result.verdict = verdict;
  result.reason = std::move(reason);
  result.again = "lockstep test --seed 7 --filter " + result.case_id;
  return result;
}

inline Run example_run() {
  Run run;
  run.target = "emu://127.0.0.1:2323";
  run.transport = "pci-doe";
  run.tool_version = "9.8.7";
  run.spdm_version = "1.3";
  run.seed = 7;
  run.results = {example_failure(),
                 example("a/pass-1", Verdict::pass, ""),
                 example("a/pass-2", Verdict::pass, ""),
                 example("b/warn", Verdict::warn, "an unusual error code"),
                 example("c/inconclusive", Verdict::inconclusive, "BUSY to the end"),
                 example("d/p2p-1", Verdict::not_applicable, "no P2P requests offered"),
                 example("d/p2p-2", Verdict::not_applicable, "no P2P requests offered"),
                 example("e/unsupported", Verdict::unsupported, "no ML-KEM in this provider")};
  return run;
}

}  // namespace lockstep::runner
