// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QProcessEnvironment>

#include <vector>

namespace lockscope {

// Programs that we start for ourselves inherit our environment, but not the variables that may hold a password of a
// server: such a program can log its environment, send it along (ssh), or be looked at while it runs.

[[nodiscard]] QProcessEnvironment environmentForChildren();
/// The same as `NAME=VALUE`, for exec.
[[nodiscard]] std::vector<QByteArray> environmentWordsForChildren();

} // namespace lockscope
