// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/theme.h"

#include "common/icons.h"
#include "support/testsupport.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QStyle>

#include <algorithm>

namespace lockscope {

class ThemeTest final : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void contrastIsComputedAsWcagSays();
    void everyPairIsReadable_data();
    void everyPairIsReadable();
    void themesSwitch();
    void namesRoundTrip();
    void iconsFollowTheTheme();
    void everyIconLoads();
    void emptyBoxesAreSeen_data();
    void emptyBoxesAreSeen();
};

void ThemeTest::contrastIsComputedAsWcagSays()
{
    QCOMPARE(colorContrast(Qt::black, Qt::white), 21.0);
    QCOMPARE(colorContrast(Qt::white, Qt::white), 1.0);
    QVERIFY(qAbs(colorContrast(QColor(0x767676), Qt::white) - 4.54) < 0.01);
}

void ThemeTest::everyPairIsReadable_data()
{
    QTest::addColumn<QColor>("text");
    QTest::addColumn<QColor>("ground");
    for (const bool dark : { false, true }) {
        int row = 0;
        for (const ColorPair& pair : themeColorPairs(dark))
            QTest::addRow("%s %d: %s", dark ? "dark" : "light", row++, pair.what) << pair.text << pair.ground;
    }
}

void ThemeTest::everyPairIsReadable()
{
    QFETCH(QColor, text);
    QFETCH(QColor, ground);
    const double contrast = colorContrast(text, ground);
    QVERIFY2(contrast >= 4.5, qPrintable(QStringLiteral("%1 on %2: %3").arg(text.name(), ground.name()).arg(contrast)));
}

void ThemeTest::themesSwitch()
{
    applyTheme(ThemeMode::Dark);
    QVERIFY(isDarkPalette(QApplication::palette()));
    QCOMPARE(currentColors().base, themeColors(true).base);
    applyTheme(ThemeMode::Light);
    QVERIFY(!isDarkPalette(QApplication::palette()));
    QCOMPARE(QApplication::style()->name().toLower(), QStringLiteral("fusion"));
}

void ThemeTest::namesRoundTrip()
{
    for (const ThemeMode mode : { ThemeMode::System, ThemeMode::Light, ThemeMode::Dark })
        QCOMPARE(themeModeByName(themeModeName(mode)), std::optional(mode));
    QVERIFY(!themeModeByName(QStringLiteral("pink")));
}

void ThemeTest::iconsFollowTheTheme()
{
    const QIcon icon = themedIcon(QStringLiteral("check"));
    applyTheme(ThemeMode::Light);
    const QImage light = icon.pixmap(32).toImage();
    applyTheme(ThemeMode::Dark);
    const QImage dark = icon.pixmap(32).toImage();
    QVERIFY(!light.isNull());
    QVERIFY(light != dark);
    applyTheme(ThemeMode::Light);
}

void ThemeTest::everyIconLoads()
{
    const QStringList files
        = QDir(QStringLiteral(LOCKSCOPE_SOURCE_DIR "/resources/icons")).entryList({ QStringLiteral("*.svg") });
    QVERIFY(files.size() > 10);
    for (const QString& file : files) {
        if (file == QStringLiteral("lockscope.svg"))
            continue;
        QPixmap pixmap = tintedPixmap(file.chopped(4), Qt::red, 24);
        const QImage image = pixmap.toImage().convertToFormat(QImage::Format_ARGB32);
        bool inked = false;
        for (int y = 0; y < image.height() && !inked; ++y) {
            for (int x = 0; x < image.width(); ++x)
                inked = inked || qAlpha(image.pixel(x, y)) > 128;
        }
        QVERIFY2(inked, qPrintable(file));
    }
}

void ThemeTest::emptyBoxesAreSeen_data()
{
    QTest::addColumn<bool>("dark");
    QTest::newRow("light") << false;
    QTest::newRow("dark") << true;
}

void ThemeTest::emptyBoxesAreSeen()
{
    QFETCH(const bool, dark);
    applyTheme(dark ? ThemeMode::Dark : ThemeMode::Light);
    QWidget window;
    window.resize(40, 40);
    QCheckBox box(&window); // without a text: what is drawn is the box
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    const QColor ground = window.palette().color(QPalette::Window);
    const QImage image = window.grab().toImage();
    double strongest = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            strongest = std::max(strongest, colorContrast(image.pixelColor(x, y), ground));
    }
    QVERIFY2(strongest >= 3, qPrintable(QString::number(strongest))); // as WCAG 1.4.11 asks
    applyTheme(ThemeMode::Light);
}

} // namespace lockscope

QTEST_MAIN(lockscope::ThemeTest)
#include "tst_theme.moc"
