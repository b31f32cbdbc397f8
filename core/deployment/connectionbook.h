// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "redis/connectionuri.h"
#include "redis/environment.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QList>

#include <functional>
#include <optional>

namespace lockscope {

/// Texts of the saved connections. Their context is the bare name: all versions of lupdate agree on that one.
class ConnectionText {
    Q_DECLARE_TR_FUNCTIONS(ConnectionText)
};

/// Where the password of a saved connection comes from.
enum class PasswordSource : quint8 {
    None, ///< the server wants none
    Ask, ///< asked when the server wants one
    Keychain, ///< the desktop's secret service, under the connection's id
    Command, ///< the first line that a program prints
};
inline constexpr int passwordSourceCount = int(PasswordSource::Command) + 1;
[[nodiscard]] QLatin1StringView passwordSourceName(PasswordSource source); ///< `none`, `ask`, `keychain`, `command`
[[nodiscard]] std::optional<PasswordSource> passwordSourceByName(QStringView name);

/// One connection that is kept under a name. A value; holds no password.
struct SavedConnection {
    QString id; ///< never changes; the name of its secret
    QString name; ///< never empty
    QString group; ///< folder, `a/b` for one in another; empty: none
    QList<ConnectionSpec> specs; ///< one; several are the independent masters of one quorum
    Environment environment = Environment::Unspecified;
    bool readOnly = false;
    PasswordSource passwordSource = PasswordSource::Ask;
    QStringList passwordCommand; ///< program and arguments, run without a shell
    QString note;
    qint64 lastUsedMs = 0; ///< epoch; 0: never

    [[nodiscard]] QStringList uris() const; ///< without passwords
    friend bool operator==(const SavedConnection&, const SavedConnection&) = default;
};
[[nodiscard]] QString newConnectionId();
/// What the table calls the way to the server: `Standalone`, `Unix socket`, `Sentinel`…
[[nodiscard]] QString topologyTitle(const SavedConnection& connection);
/// Slashes without blanks or empty names between them.
[[nodiscard]] QString cleanGroup(const QString& group);

/// All saved connections, in the operator's order. A value.
struct ConnectionBook {
    QList<SavedConnection> connections;
    QStringList faults; ///< of entries that could not be read, for people
    QJsonArray unread; ///< those entries; written back as they are, without passwords

    [[nodiscard]] const SavedConnection* byId(const QString& id) const; ///< null: none
    [[nodiscard]] const SavedConnection* byUris(const QStringList& uris) const; ///< null: none
    /// By name, or by `GROUP/NAME` where a name stands twice. Errors: Usage, naming what there is.
    [[nodiscard]] Result<SavedConnection> find(const QString& name) const;
    [[nodiscard]] QStringList groups() const; ///< sorted, each once
    [[nodiscard]] int indexOf(const QString& id) const; ///< -1: none
    void put(const SavedConnection& connection); ///< replaces the one with its id, or appends
};

/// Reads the file's text; passwords in URIs are dropped. Errors: Storage (no JSON, or another shape), NotSupported (of
/// a later version).
[[nodiscard]] Result<ConnectionBook> parseConnectionBook(const QByteArray& text);
[[nodiscard]] QByteArray connectionBookText(const ConnectionBook& book);

/// The file of the saved connections. Every change reads it anew under a lock and replaces it atomically, so that
/// several windows and programs keep each other's changes. Blocks while it reads or writes a small file.
class ConnectionBookFile {
public:
    /// Empty: the standard file, `lockscope/connections.json` in the configuration folder.
    explicit ConnectionBookFile(const QString& path = {});

    [[nodiscard]] const QString& path() const { return m_path; }
    /// An absent file is an empty book. Errors: as parseConnectionBook, and Storage.
    [[nodiscard]] Result<ConnectionBook> load() const;
    /// Answers the book as it is then. A file that cannot be read is left as it is. Errors: as load().
    Result<ConnectionBook> update(const std::function<void(ConnectionBook&)>& change) const;
    /// Renames a damaged file and answers its new name. Errors: Storage.
    [[nodiscard]] Result<QString> setAside() const;

private:
    QString m_path;
};

/// The table of `lockscope-cli connections --json`.
[[nodiscard]] QByteArray connectionListJson(const ConnectionBook& book);

} // namespace lockscope
