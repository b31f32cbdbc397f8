// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/theme.h"

#include "common/icons.h"
#include "support/testsupport.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QListWidget>
#include <QMenu>
#include <QStyle>
#include <QToolButton>

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
    void menuButtonsHaveTheirArrowBesideTheText();
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
    QVERIFY(QApplication::style()->inherits("lockscope::ThemeStyle"));
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
    QTest::addColumn<bool>("inList");
    QTest::newRow("light") << false << false;
    QTest::newRow("dark") << true << false;
    QTest::newRow("light, in a list") << false << true;
    QTest::newRow("dark, in a list") << true << true;
}

/// The strongest contrast of a pixel of the widget with the ground it stands on.
static double strongestContrast(QWidget& widget, const QColor& ground, QRect* where = nullptr)
{
    const QImage image = widget.grab().toImage();
    const QRect looked = where && !where->isNull() ? *where : image.rect();
    double strongest = 0;
    QRect inked;
    for (int y = looked.top(); y <= looked.bottom(); ++y) {
        for (int x = looked.left(); x <= looked.right(); ++x) {
            const double contrast = colorContrast(image.pixelColor(x, y), ground);
            strongest = std::max(strongest, contrast);
            if (contrast >= 3)
                inked |= QRect(x, y, 1, 1);
        }
    }
    if (where)
        *where = inked;
    return strongest;
}

void ThemeTest::emptyBoxesAreSeen()
{
    QFETCH(const bool, dark);
    QFETCH(const bool, inList);
    applyTheme(dark ? ThemeMode::Dark : ThemeMode::Light);
    QWidget window;
    window.resize(60, 60);
    std::unique_ptr<QWidget> shown;
    if (inList) {
        auto list = std::make_unique<QListWidget>(&window);
        list->setFrameShape(QFrame::NoFrame);
        list->resize(window.size());
        (new QListWidgetItem(list.get()))->setCheckState(Qt::Unchecked);
        shown = std::move(list);
    } else {
        shown = std::make_unique<QCheckBox>(&window); // without a text: what is drawn is the box
    }
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    const QColor ground = window.palette().color(inList ? QPalette::Base : QPalette::Window);
    const double strongest = strongestContrast(inList ? *shown : window, ground);
    QVERIFY2(strongest >= 3, qPrintable(QString::number(strongest))); // as WCAG 1.4.11 asks
    applyTheme(ThemeMode::Light);
}

void ThemeTest::menuButtonsHaveTheirArrowBesideTheText()
{
    applyTheme(ThemeMode::Light);
    QWidget window;
    QMenu menu;
    QToolButton button(&window);
    button.setAutoRaise(true);
    button.setText(QStringLiteral("Views"));
    button.setToolButtonStyle(Qt::ToolButtonTextOnly);
    const int narrow = button.sizeHint().width();
    button.setMenu(&menu);
    button.setPopupMode(QToolButton::InstantPopup);
    QVERIFY(button.sizeHint().width() > narrow);
    button.resize(button.sizeHint() + QSize(0, 20));
    window.resize(button.size());
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    QRect arrow(button.width() - 13, 0, 13, button.height());
    QVERIFY(strongestContrast(window, window.palette().color(QPalette::Window), &arrow) >= 3);
    QVERIFY2(std::abs(arrow.center().y() - button.rect().center().y()) <= 2, qPrintable(QString::number(arrow.y())));
    QVERIFY(arrow.right() < button.width() - 1);
}

} // namespace lockscope

QTEST_MAIN(lockscope::ThemeTest)
#include "tst_theme.moc"
