// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "operations/forcereleasecontroller.h"
#include "operations/forcereleasedialog.h"
#include "support/fakedeployment.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTest>

namespace lockscope {

/// The release dialog with its controller over a FakeDeployment that has the locks `lock:a` and `lock:b`.
class ReleaseFixture : public QObject {
protected:
    void begin();
    void end();
    [[nodiscard]] QPushButton* button(const QString& text) const;
    [[nodiscard]] QString visibleText() const;
    void openFor(const QList<QByteArray>& keys);
    void giveReason();
    void confirm();
    void choose(LockAct act);
    [[nodiscard]] QComboBox* acts() const;

    std::unique_ptr<QWidget> m_window;
    std::unique_ptr<FakeDeployment> m_fake;
    ForceReleaseController* m_controller = nullptr;
    ForceReleaseDialog* m_dialog = nullptr;
};

inline void ReleaseFixture::begin()
{
    FakeDeployment::Options options;
    options.locks = 0;
    m_fake = std::make_unique<FakeDeployment>(options);
    m_fake->start();
    m_fake->put("lock:a", "token-a", std::chrono::seconds(60));
    m_fake->put("lock:b", "token-b", std::chrono::seconds(60));
    m_window = std::make_unique<QWidget>();
    m_window->show();
    m_controller = new ForceReleaseController(m_window.get());
    m_controller->setDeployment(m_fake.get());
    m_controller->setStatus(m_fake->status());
    m_dialog = nullptr;
}

inline void ReleaseFixture::end()
{
    m_window.reset();
    m_fake.reset();
}

inline QPushButton* ReleaseFixture::button(const QString& text) const
{
    for (QPushButton* candidate : m_dialog->findChildren<QPushButton*>()) {
        QString plain = candidate->text();
        if (plain.remove(QLatin1Char('&')) == text && candidate->isVisibleTo(m_dialog))
            return candidate;
    }
    return nullptr;
}

inline QString ReleaseFixture::visibleText() const
{
    QStringList texts;
    for (const QLabel* label : m_dialog->findChildren<QLabel*>()) {
        if (label->isVisibleTo(m_dialog))
            texts += label->text();
    }
    return texts.join(QLatin1Char('\n'));
}

inline void ReleaseFixture::openFor(const QList<QByteArray>& keys)
{
    QList<LockRecord> locks;
    for (const QByteArray& key : keys)
        locks.append(*m_fake->lock(key));
    m_controller->open(locks);
    m_dialog = m_controller->dialog();
    QVERIFY(m_dialog);
}

inline void ReleaseFixture::giveReason()
{
    QTest::keyClicks(m_dialog->findChild<QLineEdit*>(), QStringLiteral("incident 42"));
}

inline void ReleaseFixture::confirm()
{
    QTRY_VERIFY(m_dialog->review().allLooked());
    giveReason();
    QVERIFY(button(QStringLiteral("Force-release"))->isEnabled());
    QTest::mouseClick(button(QStringLiteral("Force-release")), Qt::LeftButton);
}

inline QComboBox* ReleaseFixture::acts() const
{
    for (QComboBox* box : m_dialog->findChildren<QComboBox*>()) {
        if (box->accessibleName() == QStringLiteral("What to do"))
            return box;
    }
    return nullptr;
}

inline void ReleaseFixture::choose(LockAct act)
{
    const auto* model = qobject_cast<QStandardItemModel*>(acts()->model());
    QVERIFY2(model->item(int(act))->isEnabled(), qPrintable(acts()->itemText(int(act))));
    acts()->setCurrentIndex(int(act));
}

} // namespace lockscope
