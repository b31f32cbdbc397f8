// SPDX-License-Identifier: GPL-3.0-or-later
#include "connections/credentialsstrip.h"

#include "base/errortext.h"
#include "common/messagestrip.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace lockscope {

CredentialsStrip::CredentialsStrip(QWidget* parent)
    : QWidget(parent)
    , m_strip(new MessageStrip(this))
    , m_user(new QLineEdit(this))
    , m_password(new QLineEdit(this))
{
    m_user->setPlaceholderText(tr("default"));
    m_user->setAccessibleName(tr("User name"));
    m_password->setEchoMode(QLineEdit::Password);
    m_password->setAccessibleName(tr("Password"));
    auto* userLabel = new QLabel(tr("&User:"), this);
    userLabel->setBuddy(m_user);
    auto* passwordLabel = new QLabel(tr("Pass&word:"), this);
    passwordLabel->setBuddy(m_password);
    auto* connectButton = new QPushButton(tr("Co&nnect"), this);

    auto* row = new QHBoxLayout;
    row->setContentsMargins(42, 6, 10, 8);
    for (QWidget* widget :
        { static_cast<QWidget*>(userLabel), static_cast<QWidget*>(m_user), static_cast<QWidget*>(passwordLabel),
            static_cast<QWidget*>(m_password), static_cast<QWidget*>(connectButton) })
        row->addWidget(widget);
    row->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_strip);
    layout->addLayout(row);
    connect(connectButton, &QPushButton::clicked, this, &CredentialsStrip::submit);
    connect(m_password, &QLineEdit::returnPressed, this, &CredentialsStrip::submit);
    hide();
}

void CredentialsStrip::ask(const Error& error, const QString& user)
{
    m_strip->showMessage(Tone::Warning, tr("The server wants a user and password"), errorMessage(error));
    m_user->setText(user);
    m_password->clear();
    show();
    m_password->setFocus();
}

void CredentialsStrip::submit()
{
    const Secret password(m_password->text().toUtf8());
    m_password->clear();
    hide();
    Q_EMIT given(m_user->text().trimmed(), password);
}

} // namespace lockscope
