// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFormLayout>
#include <QString>
#include <QVBoxLayout>

#include <initializer_list>

class QLabel;
class QSpinBox;

/// What the forms of the lab are made of.
namespace lockscope::labparts {

/// A layout with a heading on top.
[[nodiscard]] QVBoxLayout* section(QWidget* section, const QString& title);
/// Small text that wraps.
[[nodiscard]] QLabel* note();
[[nodiscard]] QSpinBox* number(const QString& name, int least, int most, int value);
[[nodiscard]] QSpinBox* milliseconds(const QString& name, int least, int value);
/// Lets the wheel scroll the form: it changes the field only while that has the focus.
void keepFromWheel(QWidget* field);
/// One or two fields beside their name; between two stands "to", where both are numbers.
void addRow(QFormLayout* form, const QString& title, std::initializer_list<QWidget*> fields);

} // namespace lockscope::labparts
