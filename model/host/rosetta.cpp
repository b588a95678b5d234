#include "host/rosetta.hpp"

#include "host/verb_table.hpp"

namespace lockstep::host {
namespace {

// clang-format off
constexpr Rosetta TABLE[] = {
  // actor verb                amd                                     tdx                                    cca                                    riscv                                linux
  {VMM, "bind",               {"TIO_TDI_BIND(run=0)",                 "TDH.DEVIF.REQUEST(LOCK)",             "RMI_VDEV_LOCK",                       "covh_bind_interface",               "IOMMU_VDEVICE_TSM_OP(BIND)"}},
  {VMM, "bind_with_msix_locked", {"TIO_TDI_BIND(run=0, LOCK_MSIX)",   "TDH.DEVIF.REQUEST(LOCK, LOCK_MSIX)",  "RMI_VDEV_LOCK(LOCK_MSIX)",            "covh_bind_interface(LOCK_MSIX)",    "IOMMU_VDEVICE_TSM_OP(BIND, LOCK_MSIX)"}},
  {VMM, "bind_for_tvm2",      {"TIO_TDI_BIND(run=0) for TVM2",        "TDH.DEVIF.REQUEST(LOCK) for TVM2",    "RMI_VDEV_LOCK for Realm 2",           "covh_bind_interface for TVM2",      "IOMMU_VDEVICE_TSM_OP(BIND) for TVM2"}},
  {VMM, "bind_again_for_tvm2",{"TIO_TDI_BIND of a bound TDI",         "TDH.DEVIF.REQUEST(LOCK) of a bound TDI", "RMI_VDEV_LOCK of a bound VDEV",    "covh_bind_interface of a bound TDI", "pci_tsm_bind of a bound TDI"}},
  {VMM, "relock",             {"TIO_TDI_BIND once more",               "TDH.DEVIF.REQUEST(LOCK) again",       "RMI_VDEV_LOCK again",                 "covh_bind_interface again",         "tsm/lock again"}},
  {VMM, "start",              {"TIO_TDI_BIND(run=1)",                 "",                                    "RMI_VDEV_START",                      "",                                  "tsm_ops.run"}},
  {VMM, "unbind",             {"TIO_TDI_UNBIND",                      "TDH.DEVIF.REQUEST(STOP)",             "RMI_VDEV_UNLOCK",                     "covh_unbind_interface",             "pci_tsm_unbind"}},
  {VMM, "force_unbind",       {"TIO_TDI_UNBIND(force)",               "TDH.IDE.STREAM.BLOCK",                "RMI_VDEV_ABORT",                      "",                                  "pci_tsm_unbind (gives up)"}},
  {VMM, "deliver",            {"relay of SEV_RET_SPDM_REQUEST",       "relay of TDX_SPDM_REQUEST",           "RMI_VDEV_COMMUNICATE",                "relay of SPDM_PENDING_REQUEST",     "pci_doe exchange"}},
  {VMM, "deliver_refusal",    {"relay of SEV_RET_SPDM_REQUEST (refusal)", "relay of TDX_SPDM_REQUEST (refusal)", "RMI_VDEV_COMMUNICATE (refusal)", "relay of SPDM_PENDING_REQUEST (refusal)", "pci_doe exchange (refusal)"}},
  {VMM, "unmap_mmio",         {"RMP: page shared",                    "TDH.MMIO.UNMAP",                      "RMI_VDEV_UNMAP",                      "covh_reclaim_tvm_interface_region", "guest_memfd unmap"}},
  {TSM, "invalidate",         {"TIO_ASID_FENCE_STATUS",               "TDH.IQ.INV",                          "SMMU invalidation",                   "IOMMU invalidation",                "iommu invalidation"}},
  {ROOT, "reset_fenced_link", {"TIO_TDI_RECLAIM after a reset",       "reset of a blocked stream",           "RMI_PDEV_ABORT and reset",            "reset of the port",                 "secondary bus reset"}},
  {VMM, "connect",            {"TIO_DEV_CONNECT",                     "TDH.EXEC.SPDM.CONNECT",               "RMI_PDEV_COMMUNICATE",                "sbi_covh_connect_device",           "tsm/connect"}},
  {VMM, "disconnect",         {"TIO_DEV_DISCONNECT",                  "TDH.SPDM.DISCONNECT",                 "RMI_PDEV_STOP",                       "covh_disconnect_device",            "tsm/disconnect"}},
  {VMM, "refresh_keys",       {"TIO_ROLL_KEY",                        "TDH.IDE_STREAM_KM(REFRESH)",          "RMI_PDEV_STREAM_KEY_REFRESH",         "covh_ide_key_refresh",              ""}},
  {VMM, "map_ranges",         {"RMP assign of BAR pages",             "TDH.MMIO.MAP",                        "RMI_VDEV_MAP",                        "covh_add_tvm_interface_region",     "KVM memory attributes"}},
  {TSM, "program_device",     {"TIO_DEV_CONNECT (KEY_PROG)",          "TDH.IDE_STREAM_KM(SETUP)",            "RMI_PDEV_STREAM_CONNECT",             "COVT program",                      "pci_ide_stream_setup"}},
  {ROOT, "program_port",      {"TIO_DEV_CONNECT (root port)",         "TDH.IDE.STREAM.CREATE",               "EL3 root port key",                   "program_rp_ide_stream",             "pci_ide_stream_enable"}},
  {TVM, "accept_ranges",      {"TIO_MSG_MMIO_VALIDATE_REQ (ranges)",  "TDG.MMIO.ACCEPT (ranges)",            "RSI_VDEV_VALIDATE_MAPPING (ranges)",  "covg_map_interface_mmio (ranges)",  "tsm/accept (ranges)"}},
  {TVM, "get_report",         {"TIO_MSG_TDI_INFO_REQ",                "TDG.DEVIF.REQUEST(REPORT)",           "RSI_VDEV_GET_INFO",                   "covg_get_device_interface_report",  "guest_req INFO"}},
  {TVM, "get_measurements",   {"TIO_MSG_TDI_INFO_REQ (measurements)", "GetDeviceInfo",                       "RHI_DA_OBJECT_READ (measurements)",   "covg_get_device_measurements",      "evidence netlink dump"}},
  {TVM, "see_state",          {"TIO_MSG_TDI_INFO_REQ (state)",        "TDG.DEVIF.REQUEST(STATE)",            "RSI_VDEV_GET_INFO (state)",           "covg_get_device_interface_state",   "tsm state"}},
  {TVM, "accept_mmio",        {"TIO_MSG_MMIO_VALIDATE_REQ",           "TDG.MMIO.ACCEPT",                     "RSI_VDEV_VALIDATE_MAPPING",           "covg_map_interface_mmio",           "tsm/accept"}},
  {TVM, "start",              {"",                                    "TDG.DEVIF.REQUEST(START)",            "",                                    "covg_start_interface",              "tsm/run"}},
  {TVM, "enable_dma",         {"TIO_MSG_SDTE_WRITE_REQ",              "TDG.DMAR.ACCEPT",                     "RSI_VDEV_DMA_ENABLE",                 "",                                  "enable_dma"}},
  {TVM, "stop",               {"SEV_TIO_OP STOP",                     "TDCM UNBIND",                         "RSI_VDEV_DMA_DISABLE",                "covg_stop_interface",               "tsm/unlock"}},
};
// clang-format on

}  // namespace

std::span<const Rosetta> rosetta() { return TABLE; }

std::string vendor_name(const Verb& verb, Profile profile) {
  for (const Rosetta& line : TABLE)
    if (line.actor == verb.actor && line.verb == verb.name && !line.names[static_cast<std::size_t>(profile)].empty())
      return std::string(line.names[static_cast<std::size_t>(profile)]) + " [" + std::string(verb.name) + "]";
  return std::string(verb.name);
}

}  // namespace lockstep::host
