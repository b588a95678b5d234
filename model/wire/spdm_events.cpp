#include "wire/spdm_events.hpp"

#include <algorithm>

#include "wire/spdm_fields.hpp"

namespace lockstep::wire::spdm {
namespace {

constexpr std::string_view source = "DSP0274, Event mechanism";

bool subscribes(const SUBSCRIBE_EVENT_TYPES& m, const Context&) { return m.param1 != 0; }

bool ids_without_gap(const SEND_EVENT& m, const Context&) {
  std::vector<std::uint32_t> ids;
  for (const EventData& event : m.events_list) ids.push_back(event.event_instance_id);
  std::sort(ids.begin(), ids.end());
  return std::adjacent_find(ids.begin(), ids.end(), [](std::uint32_t a, std::uint32_t b) { return b != a + 1; }) ==
         ids.end();
}

}  // namespace

const Layout& GET_SUPPORTED_EVENT_TYPES::layout() {
  static const Layout layout = make_message<GET_SUPPORTED_EVENT_TYPES>(
      {"GET_SUPPORTED_EVENT_TYPES", VERSION_1_3, source}, header_only<GET_SUPPORTED_EVENT_TYPES>());
  return layout;
}

const Layout& SUPPORTED_EVENT_TYPES::layout() {
  using M = SUPPORTED_EVENT_TYPES;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"SUPPORTED_EVENT_TYPES", VERSION_1_3, source},
      with_header<M>(
          F::integer<&M::param1>("Param1", "EventGroupCount"), reserved_param2<M>(),
          {F::integer<&M::supported_event_groups_list_len>("SupportedEventGroupsListLen", "bytes of the list"),
           F::counted<&M::supported_event_groups_list>("SupportedEventGroupsList", "event groups",
                                                       "SupportedEventGroupsListLen")}));
  return layout;
}

const Layout& SUBSCRIBE_EVENT_TYPES::layout() {
  using M = SUBSCRIBE_EVENT_TYPES;
  using F = Fields<M>;
  static const Layout layout = make_message<M>(
      {"SUBSCRIBE_EVENT_TYPES", VERSION_1_3, source, "SPDM-ENCAP-012"},
      with_header<M>(
          F::integer<&M::param1>("Param1", "SubscribeEventGroupCount, 0: no more events"), reserved_param2<M>(),
          {F::integer<&M::subscribe_list_len>("SubscribeListLen", "bytes of the list").when(F::condition(subscribes)),
           F::counted<&M::subscribe_list>("SubscribeList", "event groups", "SubscribeListLen")
               .when(F::condition(subscribes))}));
  return layout;
}

const Layout& SUBSCRIBE_EVENT_TYPES_ACK::layout() {
  static const Layout layout = make_message<SUBSCRIBE_EVENT_TYPES_ACK>(
      {"SUBSCRIBE_EVENT_TYPES_ACK", VERSION_1_3, source}, header_only<SUBSCRIBE_EVENT_TYPES_ACK>());
  return layout;
}

const Layout& EventData::layout() {
  using M = EventData;
  using F = Fields<M>;
  static const Layout layout =
      make_part<M>({"EventData", VERSION_1_3, source, "SPDM-ENCAP-009"},
                   {F::integer<&M::event_instance_id>("EventInstanceID", "counts the events of the session"),
                    F::reserved<&M::reserved>(), F::integer<&M::id>("SVH.ID", "registry of the group"),
                    F::integer<&M::vendor_id_len>("SVH.VendorIDLen", "bytes of VendorID"),
                    F::counted<&M::vendor_id>("SVH.VendorID", "vendor of the group", "SVH.VendorIDLen"),
                    F::integer<&M::event_type_id>("EventTypeId", "which event of the group"),
                    F::integer<&M::event_detail_len>("EventDetailLen", "bytes of EventDetail"),
                    F::counted<&M::event_detail>("EventDetail", "depends on the event", "EventDetailLen")});
  return layout;
}

const Layout& SEND_EVENT::layout() {
  using M = SEND_EVENT;
  using F = Fields<M>;
  static const Layout layout =
      make_message<M>({"SEND_EVENT", VERSION_1_3, source, "SPDM-ENCAP-009"},
                      with_header<M>(reserved_param1<M>(), reserved_param2<M>(),
                                     {F::integer<&M::event_count>("EventCount", "number of events"),
                                      F::list<&M::events_list>("EventsList", "the events", "EventCount")}),
                      {rule_check<M>("SPDM-ENCAP-009", "EventCount is 0",
                                     [](const M& m, const Context&) { return m.event_count != 0; }),
                       rule_check<M>("SPDM-ENCAP-010", "EventInstanceID has a gap or a duplicate", ids_without_gap)});
  return layout;
}

const Layout& EVENT_ACK::layout() {
  static const Layout layout = make_message<EVENT_ACK>({"EVENT_ACK", VERSION_1_3, source}, header_only<EVENT_ACK>());
  return layout;
}

}  // namespace lockstep::wire::spdm
