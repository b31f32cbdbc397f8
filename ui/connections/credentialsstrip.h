// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/error.h"
#include "base/secret.h"

#include <QWidget>

class QLineEdit;

namespace lockscope {

class MessageStrip;

/// Asks for user and password inline when the server wants them or refused what it got. The password lives only in the
/// field until it is handed over.
class CredentialsStrip final : public QWidget {
    Q_OBJECT
public:
    explicit CredentialsStrip(QWidget* parent = nullptr);
    void ask(const Error& error, const QString& user);

Q_SIGNALS:
    void given(const QString& user, const lockscope::Secret& password);

private:
    void submit();

    MessageStrip* m_strip;
    QLineEdit* m_user;
    QLineEdit* m_password;
};

} // namespace lockscope
