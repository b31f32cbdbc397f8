// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

#include <vector>

namespace lockscope {

/// A key's name cut into segments, each a glob: what is surely a number, an identifier or binary is a star already.
struct KeyTemplate {
    char separator = ':'; ///< the first of `: / | . _ - #` that the key has
    std::vector<QByteArray> segments; ///< at least one

    [[nodiscard]] QByteArray glob() const;
};

/// By the name alone.
[[nodiscard]] KeyTemplate keyTemplateOf(QByteArrayView key);

/// A segment with its runs of digits as stars: `worker7` becomes `worker*`.
[[nodiscard]] QByteArray segmentStem(const QByteArray& segment);

/// A glob that matches these bytes only.
[[nodiscard]] QByteArray globEscaped(QByteArrayView bytes);

/// Whether the glob names anything: some letter or non-ASCII byte in it is to be taken literally.
[[nodiscard]] bool globNamesSomething(QByteArrayView glob);

/// The narrowest glob for a key that is all identifier: the form of a UUID, `[0-9]*` for a number, else the key itself.
[[nodiscard]] QByteArray identifierGlob(QByteArrayView key);

} // namespace lockscope
