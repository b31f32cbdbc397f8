// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "history/auditdatabase.h"

#include <QStringList>

/// The audit log's table, and how its rows are hashed. Version 1 had the first fifteen columns; a file of then is
/// widened in place, and its rows stay as they were written: `form` says over which columns a row was hashed.
namespace lockscope::auditschema {

inline constexpr int version = 2;
inline constexpr int currentForm = 2;

/// Statements that lead from an earlier version (0: an empty file) to this one.
[[nodiscard]] QStringList statementsFrom(int earlier);
/// Columns of the content, comma-separated, in the order of hashing; `form` is the sixteenth.
[[nodiscard]] const QString& columns();
[[nodiscard]] int columnCount();
/// What stands for the columns that a file of version 1 does not have.
[[nodiscard]] QString source(int version);

/// The fields of a row in the order of columns(), none of them NULL.
[[nodiscard]] QVariantList fieldsOf(const AuditRow& row);
/// SHA-256 over the hash before and every field that the row's form knows, each with its length in front, so that no
/// two rows read the same.
[[nodiscard]] QByteArray hashOf(const QVariantList& fields, const QByteArray& previousHash);

} // namespace lockscope::auditschema
