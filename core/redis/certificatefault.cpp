// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/certificatefault.h"

#include "base/bytetext.h"
#include "redis/redistext.h"

#include <QSslCertificate>
#include <QSslError>

#include <array>

namespace lockscope {

namespace {

constexpr std::array allFaults { CertificateFault::Authority, CertificateFault::Name, CertificateFault::Time,
    CertificateFault::Other };
constexpr int longestName = 100;
constexpr qsizetype mostNames = 5;

CertificateFault faultOf(QSslError::SslError error)
{
    switch (error) {
    case QSslError::HostNameMismatch:
        return CertificateFault::Name;
    case QSslError::CertificateExpired:
    case QSslError::CertificateNotYetValid:
        return CertificateFault::Time;
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
    case QSslError::CertificateUntrusted:
        return CertificateFault::Authority;
    default:
        return CertificateFault::Other;
    }
}

QString namesOf(const QSslCertificate& certificate)
{
    QStringList names;
    for (const QString& name : certificate.subjectAlternativeNames())
        names += displayText(name.toUtf8(), longestName);
    if (names.isEmpty()) {
        for (const QString& name : certificate.subjectInfo(QSslCertificate::CommonName))
            names += displayText(name.toUtf8(), longestName);
    }
    names.sort();
    if (names.size() > mostNames)
        names = names.first(mostNames) << QStringLiteral("\u2026");
    return names.join(QStringLiteral(", "));
}

} // namespace

QString certificateFaultText(CertificateFault fault)
{
    switch (fault) {
    case CertificateFault::Authority:
        return RedisText::tr("nobody that is trusted here has signed the certificate");
    case CertificateFault::Name:
        return RedisText::tr("the certificate is for another host");
    case CertificateFault::Time:
        return RedisText::tr("the certificate has expired, or is not valid yet");
    case CertificateFault::Other:
        break;
    }
    return RedisText::tr("the certificate is not accepted");
}

QString describeCertificate(const QList<QSslError>& errors)
{
    if (errors.isEmpty())
        return {};
    // Who signed it comes first: what a certificate of somebody unknown says counts for nothing.
    const QSslError* first = &errors.first();
    QStringList words;
    for (const QSslError& error : errors) {
        if (faultOf(error.error()) < faultOf(first->error()))
            first = &error;
        words += error.errorString();
    }
    const CertificateFault fault = faultOf(first->error());
    const QString names = fault == CertificateFault::Name ? namesOf(first->certificate()) : QString();
    return certificateFaultText(fault) + QStringLiteral(" (")
        + (names.isEmpty() ? words.join(QStringLiteral("; ")) : RedisText::tr("it is for %1").arg(names))
        + QLatin1Char(')');
}

std::optional<CertificateFault> certificateFaultIn(const QString& detail)
{
    for (const CertificateFault fault : allFaults) {
        if (detail.startsWith(certificateFaultText(fault)))
            return fault;
    }
    return {};
}

} // namespace lockscope
