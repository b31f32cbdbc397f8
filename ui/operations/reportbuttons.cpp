// SPDX-License-Identifier: GPL-3.0-or-later
#include "operations/reportbuttons.h"

#include "common/clipboard.h"
#include "common/icons.h"
#include "deployment/releasereport.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSaveFile>

namespace lockscope {

ReportButtons::ReportButtons(QWidget* parent)
    : QWidget(parent)
{
    auto* copy = new QPushButton(themedIcon(QStringLiteral("copy")), tr("Cop&y report"), this);
    auto* save = new QPushButton(tr("&Save report\u2026"), this);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QPushButton* button : { copy, save }) {
        button->setAutoDefault(false);
        layout->addWidget(button);
    }
    copy->setToolTip(tr("As CSV, with fingerprints in the place of tokens"));
    connect(copy, &QPushButton::clicked, this,
        [this] { copyText(QString::fromUtf8(releaseReportCsv(m_request, m_results))); });
    connect(save, &QPushButton::clicked, this, &ReportButtons::chooseFile);
    hide();
}

void ReportButtons::setReport(const ForceReleaseRequest& request, const QList<ForceReleaseResult>& results)
{
    m_request = request;
    m_results = results;
    setVisible(!results.isEmpty());
}

Status ReportButtons::saveTo(const QString& file) const
{
    const bool isJson = file.endsWith(QLatin1StringView(".json"));
    const QByteArray bytes = isJson ? releaseReportJson(m_request, m_results) : releaseReportCsv(m_request, m_results);
    QSaveFile report(file);
    if (report.open(QIODevice::WriteOnly) && report.write(bytes) == bytes.size() && report.commit())
        return {};
    return fail(ErrorKind::Storage, file + QStringLiteral(": ") + report.errorString());
}

void ReportButtons::chooseFile()
{
    auto* dialog = new QFileDialog(this, tr("Save report"), QString(), tr("CSV (*.csv);;JSON (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("lockscope-release.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
        if (const Status saved = saveTo(file); !saved)
            Q_EMIT failed(saved.error());
    });
    dialog->open();
}

} // namespace lockscope
