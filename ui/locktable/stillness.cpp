// SPDX-License-Identifier: GPL-3.0-or-later
#include "locktable/stillness.h"

#include <QApplication>

namespace lockscope {

using namespace std::chrono_literals;

namespace {

constexpr auto longest = 5s;
constexpr auto afterKey = 1500ms;
constexpr auto reviewInterval = 100ms;

bool movesCursor(int key) { return key >= Qt::Key_Home && key <= Qt::Key_PageDown; }

} // namespace

Stillness::Stillness(QObject* parent)
    : QObject(parent)
{
    m_timer.setInterval(reviewInterval);
    connect(&m_timer, &QTimer::timeout, this, &Stillness::review);
}

void Stillness::hold()
{
    if (m_isStill)
        return;
    m_isStill = true;
    m_since.start();
    m_timer.start();
    Q_EMIT changed(true);
}

void Stillness::keyPressed(int key)
{
    if (!movesCursor(key))
        return;
    m_sinceKey.start();
    hold();
}

void Stillness::review()
{
    if (!m_isStill)
        return;
    const bool isAiming = QGuiApplication::mouseButtons() != Qt::NoButton || QApplication::activePopupWidget()
        || (m_sinceKey.isValid() && Milliseconds(m_sinceKey.elapsed()) < afterKey);
    if (isAiming && Milliseconds(m_since.elapsed()) < longest)
        return;
    m_isStill = false;
    m_timer.stop();
    m_sinceKey.invalidate();
    Q_EMIT changed(false);
}

} // namespace lockscope
