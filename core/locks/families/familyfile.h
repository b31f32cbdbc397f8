// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "locks/families/familydeclaration.h"

namespace lockscope {

/// What is wrong in a families file.
struct FamilyFileFault {
    int line = 0; ///< from 1
    QString message; ///< for people, without file and line
};

/// What a families file says. Only one without faults may be used.
struct FamilyFileContents {
    std::vector<FamilyDeclaration> families;
    QList<OwnerPattern> owners; ///< for tokens of any family
    QList<FamilyFileFault> faults; ///< by line
};

/// Larger files are no families files.
inline constexpr qsizetype maximumFamilyFileBytes = 1024 * 1024;
/// More declarations than anybody has; ids are bytes.
inline constexpr size_t maximumDeclaredFamilies = 100;

/// Reads the text of a families file (format: docs/families-file.md). `fileName` is what rules call it. Never fails:
/// faults are in the result.
[[nodiscard]] FamilyFileContents parseFamilyFile(const QByteArray& text, const QString& fileName);

/// `families.conf:12: unknown key 'tokn' (did you mean 'token'?)`
[[nodiscard]] QString faultText(const FamilyFileFault& fault, const QString& fileName);

/// What a new file begins with: everything explained, all of it commented out.
[[nodiscard]] QByteArray familyFileTemplate();

} // namespace lockscope
