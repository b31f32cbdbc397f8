// SPDX-License-Identifier: GPL-3.0-or-later
#include "watch/notificationsetup.h"

namespace lockscope {

namespace {
constexpr const char* parameter = "notify-keyspace-events";
}

NotificationSetup::NotificationSetup(
    Connection& connection, QByteArray classes, QList<QByteArray> globs, bool consented, ChangeHandler handler)
    : m_connection(connection)
    , m_classes(std::move(classes))
    , m_globs(std::move(globs))
    , m_handler(std::move(handler))
    , m_consented(consented)
{
}

void NotificationSetup::setSetting(NotificationSetting setting)
{
    if (m_setting == setting)
        return;
    m_setting = setting;
    m_handler();
}

void NotificationSetup::begin(bool readable, const QByteArray& flags)
{
    // Whoever hears that they can be switched on is to know that it is being done.
    m_enabling = readable && m_consented && !m_refused;
    evaluate(readable, flags);
    m_enabling = false;
    if (m_setting == NotificationSetting::CanBeEnabled && m_consented)
        enable();
}

void NotificationSetup::evaluate(bool readable, const QByteArray& flags)
{
    m_flags = flags;
    // What is listened on stays so while the server publishes there.
    const bool chosen = m_setting == NotificationSetting::Sufficient
        && missingNotifyClasses(withChannels(m_channels, ""), flags).isEmpty();
    const EventChannels before = m_channels;
    if (readable && !chosen)
        m_channels = chooseChannels(m_globs, flags);
    m_missing = readable ? missingNotifyClasses(withChannels(m_channels, m_classes), flags) : QByteArray();
    if (readable && m_missing.isEmpty()) {
        const bool moved = m_setting == NotificationSetting::Sufficient && m_channels != before;
        setSetting(NotificationSetting::Sufficient);
        if (moved)
            m_handler();
    } else if (!readable || m_refused)
        setSetting(NotificationSetting::Forbidden);
    else
        setSetting(m_declined ? NotificationSetting::Declined : NotificationSetting::CanBeEnabled);
}

void NotificationSetup::recheck()
{
    m_connection.send({ "CONFIG", "GET", parameter }, [this](const Result<ReplyView>& reply) {
        if (reply && reply->size() == 2)
            evaluate(true, reply->at(1).toByteArray());
        else if (reply || reply.error().kind == ErrorKind::Permission || reply.error().kind == ErrorKind::Server)
            evaluate(false, {});
    });
}

void NotificationSetup::answer(bool enableThem)
{
    m_declined = !enableThem;
    m_consented = enableThem;
    m_refused = false;
    if (m_setting == NotificationSetting::Sufficient || m_setting == NotificationSetting::Unknown)
        return;
    if (enableThem)
        enable();
    else
        setSetting(NotificationSetting::Declined);
}

void NotificationSetup::enable()
{
    m_enabling = true;
    const QByteArray needed = withChannels(m_channels, m_classes);
    m_connection.send(
        { "CONFIG", "SET", parameter, mergedNotifyFlags(needed, m_flags) }, [this](const Result<ReplyView>& reply) {
            m_enabling = false;
            if (reply) {
                m_error.reset();
                recheck();
                return;
            }
            m_error = reply.error();
            if (reply.error().kind == ErrorKind::ReadOnly || reply.error().kind == ErrorKind::NotArmed) {
                m_declined = true;
                setSetting(NotificationSetting::Declined);
            } else if (reply.error().kind == ErrorKind::Permission || reply.error().kind == ErrorKind::Server) {
                m_refused = true;
                setSetting(NotificationSetting::Forbidden);
            }
            m_handler();
        });
}

} // namespace lockscope
