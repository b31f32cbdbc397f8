// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/connectionbook.h"

#include <QObject>
#include <QTimer>

namespace lockscope {

class MessageStrip;

/// Says in a strip that a password is waited for, when that takes longer than a moment: the secret service may be
/// asking to be unlocked, in a window that lies behind this one.
class PasswordWait final : public QObject {
public:
    /// The strip outlives it.
    explicit PasswordWait(MessageStrip* strip, QObject* parent = nullptr);

    void begin(PasswordSource source);
    /// Takes back what was said, if it still stands there.
    void end();
    [[nodiscard]] bool isOn() const { return m_isOn; }

private:
    void say();

    MessageStrip* m_strip;
    PasswordSource m_source = PasswordSource::None;
    QTimer m_moment;
    bool m_isOn = false;
};

} // namespace lockscope
