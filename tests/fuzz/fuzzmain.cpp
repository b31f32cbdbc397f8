// SPDX-License-Identifier: GPL-3.0-or-later
// What libFuzzer calls; LOCKSCOPE_FUZZ_TARGET is the function of tests/fuzz/fuzztargets.h that it drives.
#include "fuzz/fuzztargets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    lockscope::fuzz::LOCKSCOPE_FUZZ_TARGET(QByteArrayView(reinterpret_cast<const char*>(data), qsizetype(size)));
    return 0;
}
