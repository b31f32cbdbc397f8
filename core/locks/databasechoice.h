// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <QList>
#include <QString>

namespace lockscope {

/// Which databases of a server are looked at. None named: the one of the URI.
struct DatabaseChoice {
    bool all = false; ///< those that hold keys, new ones as they appear, and the one of the URI
    QList<qint32> numbers; ///< in order, each once; empty with `all`

    [[nodiscard]] bool isSeveral() const { return all || numbers.size() > 1; }
    /// `0,3-5` or `all`, as parseDatabaseChoice() reads it; empty for none.
    [[nodiscard]] QString text() const;
    friend bool operator==(const DatabaseChoice&, const DatabaseChoice&) = default;
};

/// More are no list that anybody means.
inline constexpr int mostDatabases = 256;

/// Reads numbers and ranges, `0,3-5`, or `all`; empty text: none. Errors: Usage.
[[nodiscard]] Result<DatabaseChoice> parseDatabaseChoice(const QString& text);

} // namespace lockscope
