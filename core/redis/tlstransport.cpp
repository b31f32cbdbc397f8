// SPDX-License-Identifier: GPL-3.0-or-later
#include "redis/tlstransport.h"

#include "redis/certificatefault.h"
#include "redis/tcptransport.h"

#include <QFile>
#include <QSslConfiguration>
#include <QSslKey>

namespace lockscope {

namespace {

// Keys come in three algorithms and do not say in their name which.
QSslKey readKey(const QByteArray& pem)
{
    for (const QSsl::KeyAlgorithm algorithm : { QSsl::Rsa, QSsl::Ec, QSsl::Dsa }) {
        const QSslKey key(pem, algorithm);
        if (!key.isNull())
            return key;
    }
    return {};
}

Result<QByteArray> readFile(const QString& path, const QString& endpoint)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Tls, path + QStringLiteral(": ") + file.errorString(), endpoint);
    return file.readAll();
}

} // namespace

TlsTransport::TlsTransport(Endpoint endpoint, TlsOptions options)
    : m_endpoint(std::move(endpoint))
    , m_options(std::move(options))
{
    TcpTransport::configure(m_socket);
    if (!m_endpoint.via.isEmpty())
        m_tunnel = std::make_unique<SshTunnel>(m_endpoint);
    connect(&m_socket, &QSslSocket::connected, this, &Transport::securing);
    connect(&m_socket, &QSslSocket::encrypted, this, &Transport::opened);
    connect(&m_socket, &QSslSocket::readyRead, this, &Transport::readable);
    connect(&m_socket, &QSslSocket::sslErrors, this, &TlsTransport::judge);
    connect(&m_socket, &QSslSocket::errorOccurred, this, &TlsTransport::handleError);
}

void TlsTransport::handleError()
{
    Error error = TcpTransport::errorOf(m_socket, m_endpoint);
    const bool isFault = error.kind == ErrorKind::Tls;
    // A peer that closes or resets in the middle of the handshake speaks no TLS, or wants a client certificate.
    if (error.kind == ErrorKind::ConnectionLost && !m_socket.isEncrypted())
        error.kind = ErrorKind::Tls;
    if (!m_certificateFault.isEmpty())
        error.detail = m_certificateFault;
    if (m_tunnel && !isFault)
        m_tunnel->noteEnd(error);
    else
        Q_EMIT closed(error);
}

void TlsTransport::open()
{
    if (const Status loaded = loadFiles(); !loaded) {
        // Never from inside open(): the caller is not ready for its end yet.
        QMetaObject::invokeMethod(
            this, [this, error = loaded.error()] { Q_EMIT closed(error); }, Qt::QueuedConnection);
        return;
    }
    m_socket.setPeerVerifyMode(m_options.insecure ? QSslSocket::VerifyNone : QSslSocket::VerifyPeer);
    const QString name = m_options.serverName.isEmpty() ? m_endpoint.host : m_options.serverName;
    if (m_tunnel) {
        m_socket.setPeerVerifyName(name);
        TcpTransport::openThrough(*m_tunnel, m_socket, *this, [this] {
            Q_EMIT securing();
            m_socket.startClientEncryption();
        });
        return;
    }
    m_socket.connectToHostEncrypted(m_endpoint.host, m_endpoint.port, name);
}

void TlsTransport::abort()
{
    m_socket.disconnect(this);
    m_socket.abort();
    if (m_tunnel)
        m_tunnel->stop();
}

Status TlsTransport::loadFiles()
{
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    const QString node = m_endpoint.text();
    if (!m_options.caCertificateFile.isEmpty()) {
        const Result<QByteArray> pem = readFile(m_options.caCertificateFile, node);
        if (!pem)
            return fail(pem.error());
        const QList<QSslCertificate> authorities = QSslCertificate::fromData(*pem, QSsl::Pem);
        if (authorities.isEmpty())
            return fail(ErrorKind::Tls, m_options.caCertificateFile + QStringLiteral(": no certificate in it"), node);
        configuration.setCaCertificates(authorities);
    }
    if (!m_options.certificateFile.isEmpty()) {
        const Result<QByteArray> pem = readFile(m_options.certificateFile, node);
        if (!pem)
            return fail(pem.error());
        const QList<QSslCertificate> chain = QSslCertificate::fromData(*pem, QSsl::Pem);
        if (chain.isEmpty())
            return fail(ErrorKind::Tls, m_options.certificateFile + QStringLiteral(": no certificate in it"), node);
        configuration.setLocalCertificateChain(chain);
    }
    if (!m_options.keyFile.isEmpty()) {
        const Result<QByteArray> pem = readFile(m_options.keyFile, node);
        if (!pem)
            return fail(pem.error());
        const QSslKey key = readKey(*pem);
        if (key.isNull())
            return fail(ErrorKind::Tls, m_options.keyFile + QStringLiteral(": no key in it that can be read"), node);
        configuration.setPrivateKey(key);
    }
    m_socket.setSslConfiguration(configuration);
    return {};
}

void TlsTransport::judge(const QList<QSslError>& errors)
{
    if (m_options.insecure) {
        m_socket.ignoreSslErrors(errors);
        return;
    }
    m_certificateFault = describeCertificate(errors);
}

} // namespace lockscope

#include "moc_tlstransport.cpp"
