// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/errortext.h"
#include "base/result.h"

#include <QTest>

/// Fails the test with the error's own text.
#define VERIFY_RESULT(result)                                                                                          \
    do {                                                                                                               \
        const auto& verifiedResult = (result);                                                                         \
        if (!verifiedResult)                                                                                           \
            QFAIL(qPrintable(lockscope::errorMessage(verifiedResult.error())));                                        \
    } while (false)
