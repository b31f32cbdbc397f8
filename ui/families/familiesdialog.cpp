// SPDX-License-Identifier: GPL-3.0-or-later
#include "families/familiesdialog.h"

#include "base/bytetext.h"
#include "base/errortext.h"
#include "common/icons.h"
#include "common/messagestrip.h"
#include "common/plaintip.h"
#include "deployment/deployment.h"
#include "deployment/familyfilewatcher.h"
#include "families/declarationeditor.h"
#include "families/familypreview.h"
#include "locks/families/declaredfamily.h"
#include "locks/families/familyregistry.h"

#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSaveFile>
#include <QShortcut>
#include <QSplitter>
#include <QTabWidget>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace lockscope {

namespace {

using namespace std::chrono_literals;

constexpr QSize dialogSize { 980, 700 };
constexpr auto checkDelay = 250ms;
constexpr int mostFaultRows = 3;
constexpr int faultIconSize = 14;
constexpr int lineRole = Qt::UserRole + 1;

enum Column { NameColumn, FromColumn, LibrariesColumn, columnCount };

/// Facts are Markdown in one line each: only their code marks are used.
QString plainFact(const char* text) { return displayText(text).remove(QLatin1Char('`')); }

} // namespace

FamiliesDialog::FamiliesDialog(FamilyFileWatcher& file, Deployment* deployment, QWidget* parent)
    : QDialog(parent)
    , m_file(file)
    , m_tabs(new QTabWidget(this))
    , m_search(new QLineEdit(this))
    , m_list(new QTreeWidget(this))
    , m_facts(new QLabel(this))
    , m_message(new MessageStrip(this))
    , m_path(new QLabel(this))
    , m_editor(new DeclarationEditor(this))
    , m_faults(new QListWidget(this))
    , m_preview(new FamilyPreview(this))
    , m_save(new QPushButton(tr("&Save"), this))
    , m_revert(new QPushButton(tr("&Revert"), this))
    , m_close(new QPushButton(tr("&Close"), this))
{
    build();
    m_checkSoon.setSingleShot(true);
    m_checkSoon.setInterval(checkDelay);
    connect(&m_checkSoon, &QTimer::timeout, this, &FamiliesDialog::check);
    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] {
        m_checkSoon.start();
        m_askedToClose = false;
        updateButtons();
    });
    connect(m_editor->document(), &QTextDocument::modificationChanged, this, &FamiliesDialog::updateButtons);
    connect(m_search, &QLineEdit::textChanged, this, &FamiliesDialog::filterList);
    connect(m_list, &QTreeWidget::currentItemChanged, this, &FamiliesDialog::showFacts);
    connect(m_list, &QTreeWidget::itemActivated, this, [this](const QTreeWidgetItem* item) {
        const int line = item->data(NameColumn, lineRole).toInt();
        if (line == 0)
            return;
        m_tabs->setCurrentIndex(1);
        m_editor->goToLine(line);
    });
    connect(m_faults, &QListWidget::itemActivated, this,
        [this](const QListWidgetItem* item) { m_editor->goToLine(item->data(lineRole).toInt()); });
    connect(m_faults, &QListWidget::itemClicked, m_faults, &QListWidget::itemActivated);
    connect(m_save, &QPushButton::clicked, this, &FamiliesDialog::save);
    connect(m_revert, &QPushButton::clicked, this, &FamiliesDialog::revert);
    connect(m_close, &QPushButton::clicked, this, &FamiliesDialog::reject);
    connect(new QShortcut(QKeySequence::Save, this), &QShortcut::activated, m_save, &QPushButton::click);
    connect(&m_file, &FamilyFileWatcher::loaded, this, &FamiliesDialog::onFileLoaded);
    connect(&m_file, &FamilyFileWatcher::installed, this, &FamiliesDialog::fillList);
    m_preview->setDeployment(deployment);
    fillList();
    readFile();
}

void FamiliesDialog::build()
{
    setWindowTitle(tr("Lock families"));
    resize(dialogSize);
    m_tabs->addTab(buildList(), tr("&All families"));
    m_tabs->addTab(buildEditor(), tr("&Your declarations"));
    auto* buttons = new QDialogButtonBox(this);
    buttons->addButton(m_save, QDialogButtonBox::ActionRole);
    buttons->addButton(m_revert, QDialogButtonBox::ActionRole);
    buttons->addButton(m_close, QDialogButtonBox::RejectRole);
    for (QPushButton* button : { m_save, m_revert, m_close })
        button->setAutoDefault(false); // Enter belongs to the editor
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_message);
    layout->addWidget(m_tabs, 1);
    layout->addWidget(buttons);
}

QWidget* FamiliesDialog::buildList()
{
    auto* page = new QWidget(this);
    m_search->setPlaceholderText(tr("Find a library, a family or a key"));
    m_search->setClearButtonEnabled(true);
    m_search->setAccessibleName(m_search->placeholderText());
    m_list->setAccessibleName(tr("All families"));
    m_list->setHeaderLabels({ tr("Family"), tr("From"), tr("Libraries") });
    m_list->setRootIsDecorated(false);
    m_list->setAlternatingRowColors(true);
    m_list->setUniformRowHeights(true);
    m_list->header()->setStretchLastSection(true);
    m_list->header()->setSectionResizeMode(NameColumn, QHeaderView::ResizeToContents);
    m_list->header()->setSectionResizeMode(FromColumn, QHeaderView::ResizeToContents);
    m_facts->setTextFormat(Qt::PlainText);
    m_facts->setWordWrap(true);
    m_facts->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_facts->setMinimumHeight(fontMetrics().lineSpacing() * 8);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(m_search);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_facts);
    return page;
}

QWidget* FamiliesDialog::buildEditor()
{
    auto* page = new QWidget(this);
    m_path->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_path->setTextFormat(Qt::PlainText);
    m_faults->setAccessibleName(tr("Faults"));
    m_faults->setIconSize({ faultIconSize, faultIconSize });
    m_faults->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto* writing = new QWidget(page);
    auto* above = new QVBoxLayout(writing);
    above->setContentsMargins(0, 0, 0, 0);
    above->addWidget(m_path);
    above->addWidget(m_editor, 1);
    above->addWidget(m_faults);
    auto* splitter = new QSplitter(Qt::Vertical, page);
    splitter->addWidget(writing);
    splitter->addWidget(m_preview);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* layout = new QVBoxLayout(page);
    layout->addWidget(splitter);
    return page;
}

void FamiliesDialog::setDeployment(Deployment* deployment) { m_preview->setDeployment(deployment); }

void FamiliesDialog::fillList()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const QString before = m_list->currentItem() ? m_list->currentItem()->text(NameColumn) : QString();
    m_list->clear();
    QList<QByteArray> names = registry.names();
    // The operator's own come first, then the others by name.
    std::stable_sort(names.begin(), names.end(), [&](const QByteArray& one, const QByteArray& other) {
        const bool isOwn = registry.declared(registry.byName(one));
        const bool otherIsOwn = registry.declared(registry.byName(other));
        return isOwn != otherIsOwn ? isOwn : one < other;
    });
    for (const QByteArray& name : std::as_const(names)) {
        const FamilyId id = registry.byName(name);
        const DeclaredFamily* declared = registry.declared(id);
        auto* item = new QTreeWidgetItem(m_list);
        item->setText(NameColumn, QString::fromLatin1(name));
        item->setText(FromColumn,
            declared ? m_file.name() + QLatin1Char(':') + QString::number(declared->declaration().line)
                     : tr("built in"));
        item->setData(NameColumn, lineRole, declared ? declared->declaration().line : 0);
        item->setText(LibrariesColumn, plainFact(registry.family(id).facts().libraries));
        item->setToolTip(LibrariesColumn, plainTip(item->text(LibrariesColumn)));
        if (item->text(NameColumn) == before)
            m_list->setCurrentItem(item);
    }
    if (!m_list->currentItem() && m_list->topLevelItemCount() > 0)
        m_list->setCurrentItem(m_list->topLevelItem(0));
    filterList();
}

void FamiliesDialog::filterList()
{
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const QString wanted = m_search->text().trimmed();
    for (int row = 0; row < m_list->topLevelItemCount(); ++row) {
        QTreeWidgetItem* item = m_list->topLevelItem(row);
        const FamilyId id = registry.byName(item->text(NameColumn).toLatin1());
        const QString all = item->text(NameColumn) + QLatin1Char('\n') + item->text(LibrariesColumn) + QLatin1Char('\n')
            + (id == FamilyId::None ? QString() : plainFact(registry.family(id).facts().keys));
        item->setHidden(!all.contains(wanted, Qt::CaseInsensitive));
    }
}

void FamiliesDialog::showFacts()
{
    const QTreeWidgetItem* item = m_list->currentItem();
    const FamilyRegistry& registry = FamilyRegistry::instance();
    const FamilyId id = item ? registry.byName(item->text(NameColumn).toLatin1()) : FamilyId::None;
    if (id == FamilyId::None)
        return m_facts->clear();
    const LockFamily& family = registry.family(id);
    const FamilyFacts facts = family.facts();
    QStringList lines;
    const auto add = [&lines](const QString& title, const QString& text) {
        if (!text.isEmpty())
            lines += title + QStringLiteral(": ") + text;
    };
    add(tr("Keys"), plainFact(facts.keys));
    add(tr("Token"), plainFact(facts.token));
    add(tr("Lease and renewal"), plainFact(facts.renewal));
    add(tr("Force-release"), QCoreApplication::translate("lockscope::Recipes", family.releaseRecipe().explanation));
    add(tr("The holder afterwards"), plainFact(facts.afterwards));
    m_facts->setText(lines.join(QLatin1Char('\n')));
}

void FamiliesDialog::readFile()
{
    m_path->setText(m_file.path());
    const Result<std::optional<QByteArray>> text = readFamilyFile(m_file.path());
    m_changedOutside = false;
    if (!text) {
        m_message->showError(text.error());
        m_editor->setReadOnly(true);
        return;
    }
    m_editor->setReadOnly(false);
    m_isTemplate = !text->has_value();
    const QByteArray bytes = m_isTemplate ? familyFileTemplate() : **text;
    if (!isUtf8(bytes)) {
        // What cannot be shown as it is must not be saved as something else.
        m_message->showMessage(Tone::Warning, tr("This file is no UTF-8 text: it cannot be edited here."));
        m_editor->setReadOnly(true);
    } else if (m_isTemplate) {
        m_message->showMessage(Tone::Info, tr("There is no families file yet."),
            tr("Saving makes one. The examples do nothing while they are comments."));
    } else {
        m_message->clear();
    }
    m_editor->setPlainText(QString::fromUtf8(bytes));
    m_editor->document()->setModified(false);
    check();
}

void FamiliesDialog::check()
{
    m_checkSoon.stop();
    const FamilyFileContents contents = parseFamilyFile(m_editor->toPlainText().toUtf8(), m_file.name());
    m_editor->setFaults(contents.faults);
    m_faults->clear();
    for (const FamilyFileFault& fault : contents.faults) {
        auto* item = new QListWidgetItem(
            themedIcon(QStringLiteral("danger")), tr("Line %1: %2").arg(fault.line).arg(fault.message), m_faults);
        item->setData(lineRole, fault.line);
        item->setToolTip(plainTip(item->text()));
    }
    const int rows = int(std::min<qsizetype>(contents.faults.size(), mostFaultRows));
    m_faults->setVisible(rows > 0);
    if (rows > 0)
        m_faults->setFixedHeight(rows * m_faults->sizeHintForRow(0) + 2 * m_faults->frameWidth());
    std::shared_ptr<const FamilyRegistry> registry;
    if (contents.faults.isEmpty()) {
        if (auto made = FamilyRegistry::instance().withDeclared(contents.families, contents.owners))
            registry = *made;
        else
            m_message->showError(made.error());
    }
    m_preview->setRegistry(std::move(registry));
    updateButtons();
}

void FamiliesDialog::save()
{
    check();
    if (!m_save->isEnabled())
        return;
    const QByteArray text = m_editor->toPlainText().toUtf8();
    QDir().mkpath(QFileInfo(m_file.path()).absolutePath());
    QSaveFile file(m_file.path());
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit()) {
        m_message->showError(makeError(ErrorKind::Storage, m_file.path() + QStringLiteral(": ") + file.errorString()));
        return;
    }
    m_editor->document()->setModified(false);
    m_isTemplate = false;
    m_changedOutside = false;
    m_file.load();
    if (m_file.isGood())
        m_message->showMessage(
            Tone::Positive, tr("Saved; %Ln families of yours are in use.", nullptr, int(m_file.families())));
    else if (m_file.error())
        m_message->showError(*m_file.error());
    updateButtons();
}

void FamiliesDialog::revert()
{
    m_askedToClose = false;
    readFile();
}

void FamiliesDialog::onFileLoaded()
{
    const Result<std::optional<QByteArray>> text = readFamilyFile(m_file.path());
    const bool isSame = text && text->value_or(QByteArray()) == m_editor->toPlainText().toUtf8();
    if (isSame || (m_isTemplate && text && !text->has_value()))
        return;
    if (!m_editor->document()->isModified())
        return readFile();
    m_changedOutside = true;
    m_message->showMessage(Tone::Warning, tr("The file has been changed by somebody else meanwhile."),
        tr("Save replaces it with what stands here; Revert shows it."));
    updateButtons();
}

void FamiliesDialog::updateButtons()
{
    const bool modified = m_editor->document()->isModified();
    const bool faulty = !m_editor->faults().isEmpty();
    m_save->setEnabled((modified || m_isTemplate) && !faulty && !m_editor->isReadOnly());
    m_save->setToolTip(faulty ? tr("Mend the faults first: a file with faults would not be used")
                              : tr("Writes the file and puts it to use (%1)")
                                    .arg(QKeySequence(QKeySequence::Save).toString(QKeySequence::NativeText)));
    m_revert->setEnabled(modified || m_changedOutside);
}

void FamiliesDialog::reject()
{
    if (m_editor->document()->isModified() && !m_askedToClose) {
        m_askedToClose = true;
        m_tabs->setCurrentIndex(1);
        m_message->showMessage(Tone::Warning, tr("Your changes are not saved."),
            tr("Save keeps them; closing once more throws them away."));
        return;
    }
    QDialog::reject();
}

} // namespace lockscope

#include "moc_familiesdialog.cpp"
