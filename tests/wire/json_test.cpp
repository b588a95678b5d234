#include "wire_json/json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "wire/ide_km.hpp"
#include "wire/tdisp.hpp"

namespace lockstep::wire {
namespace {

const Context context;

TEST(Json, NamesBitsAndValues) {
  tdisp::LOCK_INTERFACE_REQUEST request;
  request.flags = tdisp::NO_FW_UPDATE | tdisp::LOCK_MSIX | 0x8000;
  request.function_id = tdisp::function_id(0x1234, 7);
  request.reserved_19 = 9;
  const auto json = to_json(AnyMessage(request), context);
  EXPECT_EQ(json["message"], "LOCK_INTERFACE_REQUEST");
  EXPECT_EQ(json["TDISPVersion"].dump(), R"({"value":16,"name":"1.0"})");
  EXPECT_EQ(json["FLAGS"].dump(), R"({"value":32773,"bits":{"NO_FW_UPDATE":1,"LOCK_MSIX":1},"reserved":32768})");
  EXPECT_EQ(json["FUNCTION_ID"]["bits"].dump(),
            R"({"Requester ID":4660,"Requester Segment":7,"Requester Segment Valid":1})");
  EXPECT_EQ(json["Reserved"], 0);
  EXPECT_EQ(json["Reserved 2"]["value"], 9);
}

TEST(Json, BytesAreHexadecimalAndListsAreArrays) {
  ide_km::QUERY_RESP response;
  response.ide_capability = 3;
  response.link_ide.resize(1);
  response.selective_ide.resize(1);
  response.selective_ide[0].control = 1;
  const auto json = to_json(AnyMessage(response), context);
  ASSERT_EQ(json["Selective IDE Register Block"].size(), 1u);
  EXPECT_EQ(json["Selective IDE Register Block"][0]["Control"]["bits"]["IDE Stream Enable"], 1);
  EXPECT_EQ(to_json(AnyMessage(tdisp::TDISP_VERSION{}), context)["VERSION_NUM_ENTRY"], "10");
}

TEST(Json, ReadsWhatAPersonWrites) {
  const auto read = from_json_text(tdisp::all_layouts(),
                                   R"({"message": "TDISP_ERROR", "ERROR_CODE": 4, "EXTENDED_ERROR_DATA": "00 02"})");
  ASSERT_TRUE(read) << read.error();
  const auto* error = read.value().as<tdisp::TDISP_ERROR>();
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->message_type, 0x7F) << "left out: as a new message has it";
  EXPECT_EQ(error->error_code, 4u);
  EXPECT_EQ(error->extended_error_data, (Bytes{0, 2}));
}

TEST(Json, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"{", "no JSON"},
      {"[]", "no name under \"message\""},
      {R"({"message": "LOCK"})", "no message is called LOCK"},
      {R"({"message": "TDISP_ERROR", "CODE": 1})", "TDISP_ERROR: no field CODE"},
      {R"({"message": "TDISP_ERROR", "ERROR_CODE": -1})", "TDISP_ERROR: ERROR_CODE is no unsigned number"},
      {R"({"message": "TDISP_ERROR", "TDISPVersion": 256})", "TDISP_ERROR: TDISPVersion does not fit"},
      {R"({"message": "TDISP_ERROR", "EXTENDED_ERROR_DATA": "0"})",
       "TDISP_ERROR: EXTENDED_ERROR_DATA is no hexadecimal text"},
      {R"({"message": "TDI_REPORT", "MMIO_RANGE": [{}, {"FirstPage": "x"}]})",
       "TDI_REPORT: MMIO_RANGE [1]: FirstPage is no unsigned number"},
  };
  for (const auto& [text, why] : wrong) {
    const auto read = from_json_text(tdisp::all_layouts(), text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error(), why);
  }
}

}  // namespace
}  // namespace lockstep::wire
