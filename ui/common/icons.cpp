// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/icons.h"

#include "base/logging.h"

#include <QFile>
#include <QGuiApplication>
#include <QIconEngine>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QSvgRenderer>

// A static library's resources are registered on request; the macro must stand outside any namespace.
static void registerResources() { Q_INIT_RESOURCE(lockscope); }

namespace lockscope {

namespace {

QByteArray svgSource(const QString& name)
{
    static const bool registered = (registerResources(), true);
    Q_UNUSED(registered)
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (!file.open(QIODevice::ReadOnly)) {
        qCWarning(logUi, "no icon named %ls", qUtf16Printable(name));
        return {};
    }
    return file.readAll();
}

class TintedIconEngine final : public QIconEngine {
public:
    explicit TintedIconEngine(QString name)
        : m_name(std::move(name))
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(
            rect.topLeft(), tintedPixmap(m_name, color(mode), qMin(rect.width(), rect.height()), ratio));
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override
    {
        return tintedPixmap(m_name, color(mode), qMin(size.width(), size.height()));
    }
    QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override
    {
        // The size is in device pixels already.
        QPixmap pixmap = tintedPixmap(m_name, color(mode), qMin(size.width(), size.height()));
        pixmap.setDevicePixelRatio(scale);
        return pixmap;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new TintedIconEngine(m_name); }
    bool isNull() override { return false; }

private:
    static QColor color(QIcon::Mode mode)
    {
        const QPalette palette = QGuiApplication::palette();
        if (mode == QIcon::Disabled)
            return palette.color(QPalette::Disabled, QPalette::ButtonText);
        return palette.color(mode == QIcon::Selected ? QPalette::HighlightedText : QPalette::ButtonText);
    }

    QString m_name;
};

} // namespace

QIcon themedIcon(const QString& name)
{
    return svgSource(name).isEmpty() ? QIcon() : QIcon(new TintedIconEngine(name));
}

QPixmap tintedPixmap(const QString& name, const QColor& color, int size, qreal devicePixelRatio)
{
    const QString cacheKey
        = QStringLiteral("lockscope/%1/%2/%3/%4").arg(name, color.name()).arg(size).arg(devicePixelRatio);
    QPixmap pixmap;
    if (QPixmapCache::find(cacheKey, &pixmap))
        return pixmap;
    QByteArray source = svgSource(name);
    source.replace("currentColor", color.name().toLatin1());
    pixmap = QPixmap(QSize(size, size) * devicePixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(source).render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(devicePixelRatio);
    QPixmapCache::insert(cacheKey, pixmap);
    return pixmap;
}

} // namespace lockscope
