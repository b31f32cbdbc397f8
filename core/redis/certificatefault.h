// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

#include <optional>

class QSslError;

namespace lockscope {

/// Why a certificate was not accepted, as far as it decides what to do.
enum class CertificateFault : quint8 {
    Authority, ///< nobody that is trusted here has signed it
    Name, ///< it is for another host
    Time, ///< expired, or not valid yet
    Other,
};

/// The words for people, the same wherever they stand: an Error's detail begins with them.
[[nodiscard]] QString certificateFaultText(CertificateFault fault);
/// The text with what it takes to mend it: the names that the certificate is for, the library's own words.
[[nodiscard]] QString describeCertificate(const QList<QSslError>& errors);
/// Reads back what describeCertificate() has written; nothing for other texts.
[[nodiscard]] std::optional<CertificateFault> certificateFaultIn(const QString& detail);

} // namespace lockscope
