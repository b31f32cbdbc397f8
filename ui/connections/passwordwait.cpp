// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/passwordwait.h"

#include "common/messagestrip.h"

#include <QCoreApplication>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr auto moment = 400ms;

struct WaitText {
    Q_DECLARE_TR_FUNCTIONS(lockscope::PasswordWait)
};

} // namespace

PasswordWait::PasswordWait(MessageStrip* strip, QObject* parent)
    : QObject(parent)
    , m_strip(strip)
{
    m_moment.setSingleShot(true);
    m_moment.setInterval(moment);
    connect(&m_moment, &QTimer::timeout, this, &PasswordWait::say);
}

void PasswordWait::begin(PasswordSource source)
{
    m_source = source;
    m_isOn = true;
    m_moment.start();
}

void PasswordWait::end()
{
    m_isOn = false;
    m_moment.stop();
    if (m_strip->text() == WaitText::tr("Waiting for the password\u2026"))
        m_strip->clear();
}

void PasswordWait::say()
{
    m_strip->showMessage(Tone::Info, WaitText::tr("Waiting for the password\u2026"),
        m_source == PasswordSource::Command
            ? WaitText::tr("Its command is running.")
            : WaitText::tr("The desktop's secret service may be asking to be unlocked."));
}

} // namespace lockscope
