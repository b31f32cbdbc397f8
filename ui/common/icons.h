// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace lockscope {

/// An own icon, `resources/icons/NAME.svg`: drawn in the palette's text colour at the moment of painting, so that it
/// follows a change of theme by itself. Null (and a warning) for an unknown name.
[[nodiscard]] QIcon themedIcon(const QString& name);
/// The same in one fixed colour.
[[nodiscard]] QPixmap tintedPixmap(const QString& name, const QColor& color, int size, qreal devicePixelRatio = 1);

} // namespace lockscope
