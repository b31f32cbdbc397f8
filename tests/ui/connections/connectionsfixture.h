// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "connections/connectioneditor.h"
#include "connections/connectionsdialog.h"
#include "connections/connectiontree.h"
#include "connections/secretstore.h"
#include "redis/sandboxserver.h"

#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>

namespace lockscope {

/// A dialog over a file in a folder of its own.
struct DialogFixture {
    QTemporaryDir folder;
    ConnectionBookFile file { folder.filePath(QStringLiteral("lockscope/connections.json")) };
    MemorySecretStore secrets;
    std::unique_ptr<ConnectionsDialog> dialog;

    DialogFixture() = default;
    void put(const QString& name, const QString& uri, const QString& group = {},
        Environment environment = Environment::Unspecified, PasswordSource source = PasswordSource::None)
    {
        SavedConnection connection;
        connection.id = newConnectionId();
        connection.name = name;
        connection.group = group;
        connection.specs = { *parseConnectionUri(uri) };
        connection.environment = environment;
        connection.passwordSource = source;
        QVERIFY(file.update([&connection](ConnectionBook& book) { book.put(connection); }));
    }
    void show()
    {
        dialog = std::make_unique<ConnectionsDialog>(file, secrets);
        dialog->show();
    }
    [[nodiscard]] ConnectionBook book() const { return *file.load(); }
    void select(const QString& name) const
    {
        dialog->tree()->clearSelection();
        const ConnectionBook now = book();
        const auto found = std::find_if(now.connections.begin(), now.connections.end(),
            [&name](const SavedConnection& connection) { return connection.name == name; });
        QVERIFY(found != now.connections.end());
        dialog->tree()->select(found->id);
    }
};

inline QPushButton* button(QWidget* parent, const QString& text)
{
    for (QPushButton* candidate : parent->findChildren<QPushButton*>()) {
        if (candidate->text().remove(QLatin1Char('&')).startsWith(text) && candidate->isVisibleTo(parent))
            return candidate;
    }
    return nullptr;
}

inline void click(QWidget* parent, const QString& text)
{
    QPushButton* found = button(parent, text);
    QVERIFY2(found, qPrintable(text));
    QVERIFY2(found->isEnabled(), qPrintable(text));
    QTest::mouseClick(found, Qt::LeftButton);
}

inline void paste(QLineEdit* edit, const QString& text)
{
    QApplication::clipboard()->setText(text);
    edit->setFocus();
    edit->selectAll();
    edit->paste();
}

inline std::unique_ptr<SandboxServer> tcpServer()
{
    SandboxServer::Options options;
    options.tcp = true;
    Result<std::unique_ptr<SandboxServer>> server = SandboxServer::start(options);
    return server ? std::move(*server) : nullptr;
}

} // namespace lockscope
