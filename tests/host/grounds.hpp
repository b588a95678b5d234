// Settings in which every verb is done and every field has its values, and the worlds of their parts.
#pragma once

#include "settings.hpp"

namespace lockstep::host {

inline std::vector<Setting> hunting_grounds() {
  std::vector<Setting> all{
      setting(Profile::tdx, {"CONSENT_BINDING=EPOCH", "APPRAISED_BY=REMOTE", "NO_FW_UPDATE=NO", "BIND_ON=VFIO",
                             "AGENT=FIRMWARE", "VIRTIO=SNOOP"}),
      setting(Profile::riscv, {"CONSENT_BINDING=EPOCH", "VIRTIO=ON_DEVICE_BUFFER"}),
      setting(Profile::cca),
      setting(Profile::amd, {"CONSENT_BINDING=EPOCH", "VIRTIO=ENCRYPTED_QUEUE_PASSTHROUGH"}),
      setting(Profile::linux, {"CONSENT_BINDING=EPOCH", "ON_MISMATCH=PANIC", "VIRTIO=VIOMMU_IN_TCB"}),
      setting(Profile::riscv,
              {"CONNECT_WHEN=EAGER", "SESSIONS=SHARED", "SESSION_LIMIT=ONE", "RELOCK=DIRECT", "TRANSLATION=MIRROR",
               "RC_KEY_OWNER=HOST", "APPRAISED_BY=PASSPORT", "VIRTIO=ENCRYPTED_QUEUE_EMULATED", "ON_MISMATCH=DEGRADE"}),
      setting(Profile::riscv, {"CONSENT_BINDING=EPOCH", "UPDATE_ATTESTATION=PRE", "NO_FW_UPDATE=NO", "SESSIONS=SHARED",
                               "PRE_ACCEPT_USE=LEVELS", "LOCKED_ADMISSION=T0_ALLOWED", "ATTESTATION=DEVICE_SPECIFIC"}),
  };
  for (const std::size_t snooped : {0U, 4U}) all[snooped].scenario = Scenario::pkvm;
  Setting encrypting = setting(Profile::riscv);  // no TSM
  encrypting.scenario = Scenario::cma_only;
  all.push_back(encrypting);
  return all;
}

inline std::vector<World> worlds_of(const Setting& part) {
  const Model model(part);
  verify::Explorer<Model> explorer(model, {}, {});
  explorer.run();
  std::vector<World> worlds;
  for (unsigned s = 0; s < verify::SHARDS; ++s)
    for (std::uint32_t i = 0; i < explorer.states().shard(s).size(); ++i)
      worlds.push_back(unpack(explorer.states().shard(s).state(i)));
  return worlds;
}

}  // namespace lockstep::host
