// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/granttext.h"

#include "base/bytetext.h"
#include "base/jsonwriter.h"

namespace lockscope::cli {

QByteArray grantText(const AcquireGrant& grant, bool json)
{
    const QByteArray validity = QByteArray::number(qint64(grant.validity.count()));
    if (!json) {
        return "token: " + displayText(grant.token).toUtf8() + "\nvalidity: " + validity + " ms\nfence: none\n";
    }
    JsonWriter writer;
    writer.beginObject();
    writer.bytes("key", grant.key);
    writer.bytes("token", grant.token);
    writer.name("ttl_ms");
    writer.integer(grant.ttl.count());
    writer.name("validity_ms");
    writer.integer(grant.validity.count());
    writer.name("valid_until");
    writer.time(wallTimeOf(grant.validUntil, SystemClock::instance()).toMSecsSinceEpoch());
    writer.name("fence");
    writer.null();
    writer.endObject();
    return writer.take() + '\n';
}

} // namespace lockscope::cli
