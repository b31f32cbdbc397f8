// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "deployment/stressrun.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QGridLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace lockscope {

class Badge;
class FaultEditor;

/// The connection of the main window, as the lab may use it. A value.
struct LabConnection {
    QList<ConnectionSpec> servers; ///< none: not connected
    QString title; ///< without secrets
    bool production = false;
    bool readOnly = false;
};

/// Everything that a run is told: strategy, server, load, faults. Says what is wrong with it as it is changed.
class LabSetup final : public QWidget {
    Q_OBJECT
public:
    explicit LabSetup(QWidget* parent = nullptr);

    [[nodiscard]] StressConfig config() const;
    /// Usable, or the core's own reason why not.
    [[nodiscard]] Status check() const;
    void setConnection(const LabConnection& connection);
    /// Fills in the run that shows the point of the chosen strategy.
    void useDemonstration();
    /// What is remembered: JSON, without addresses.
    [[nodiscard]] QByteArray saved() const;
    void restore(const QByteArray& saved);
    void setStrategy(const QByteArray& name);

Q_SIGNALS:
    void changed();

private:
    enum class Ending : quint8 { Time, Sections };
    [[nodiscard]] QWidget* buildStrategy();
    [[nodiscard]] QWidget* buildServer();
    [[nodiscard]] QWidget* buildLoad();
    [[nodiscard]] QWidget* buildFaults();
    void fillLoad(QFormLayout* form);
    void wire();
    void showStrategy();
    void showServer();
    void applyOption(const QString& option, const QString& value, QList<FaultSpec>& faults);
    [[nodiscard]] const StressChoice& strategy() const;
    [[nodiscard]] QList<ConnectionSpec> servers() const;
    [[nodiscard]] QList<std::pair<QString, QWidget*>> fields() const; ///< what is remembered, by name

    const QList<StressChoice> m_strategies;
    LabConnection m_connection;
    QComboBox* m_strategy;
    Badge* m_badge;
    QLabel* m_summary;
    QLabel* m_promises;
    QLabel* m_doesNot;
    QPushButton* m_demonstration;
    QComboBox* m_server;
    QLabel* m_serverNote;
    QSpinBox* m_clients;
    QSpinBox* m_keys;
    QSpinBox* m_ttl;
    QSpinBox* m_holdLeast;
    QSpinBox* m_holdMost;
    QSpinBox* m_amount;
    QComboBox* m_ending;
    QSpinBox* m_wait;
    QSpinBox* m_retryLeast;
    QSpinBox* m_retryMost;
    QDoubleSpinBox* m_rate;
    QSpinBox* m_connections;
    QSpinBox* m_readers;
    QSpinBox* m_permits;
    QLineEdit* m_seed;
    QCheckBox* m_renew;
    QCheckBox* m_stopAtViolation;
    QCheckBox* m_proxied;
    FaultEditor* m_faults;
};

} // namespace lockscope
