// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace lockscope {

class ActionRegistry;

/// All actions with their keys, from the registry; deletes itself when closed.
void showShortcuts(const ActionRegistry& registry, QWidget* parent);
/// Version, what it is, licence; deletes itself when closed.
void showAbout(QWidget* parent);

} // namespace lockscope
