// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/transport.h"

#include "redis/tcptransport.h"
#include "redis/tlstransport.h"
#include "redis/unixtransport.h"

namespace lockscope {

std::unique_ptr<Transport> Transport::make(const ConnectionSpec& spec)
{
    switch (spec.link) {
    case LinkKind::Tls:
        return std::make_unique<TlsTransport>(spec.endpoint(), spec.tls);
    case LinkKind::Unix:
        return std::make_unique<UnixTransport>(spec.endpoint());
    case LinkKind::Tcp:
        break;
    }
    return std::make_unique<TcpTransport>(spec.endpoint());
}

} // namespace lockscope

#include "moc_transport.cpp"
