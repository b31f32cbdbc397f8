<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en_US">
<context>
    <name>lockscope::ArmDialog</name>
    <message numerus="yes">
        <source>%Ln minutes</source>
        <translation>
            <numerusform>%Ln minute</numerusform>
            <numerusform>%Ln minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::AuditWindow</name>
    <message numerus="yes">
        <source>%Ln entries</source>
        <translation>
            <numerusform>%Ln entry</numerusform>
            <numerusform>%Ln entries</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The chain is whole: %Ln entries.</source>
        <translation>
            <numerusform>The chain is whole: %Ln entry.</numerusform>
            <numerusform>The chain is whole: %Ln entries.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln entries were written.</source>
        <translation>
            <numerusform>%Ln entry was written.</numerusform>
            <numerusform>%Ln entries were written.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::Cli</name>
    <message numerus="yes">
        <source>%n locks</source>
        <translation>
            <numerusform>%n lock</numerusform>
            <numerusform>%n locks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::CompareModel</name>
    <message numerus="yes">
        <source>%Ln clients</source>
        <translation>
            <numerusform>%Ln client</numerusform>
            <numerusform>%Ln clients</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln keys</source>
        <translation>
            <numerusform>%Ln key</numerusform>
            <numerusform>%Ln keys</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln faults</source>
        <translation>
            <numerusform>%Ln fault</numerusform>
            <numerusform>%Ln faults</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln runs in turn</source>
        <translation>
            <numerusform>%Ln run in turn</numerusform>
            <numerusform>%Ln runs in turn</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::ComparePage</name>
    <message numerus="yes">
        <source>%Ln runs</source>
        <translation>
            <numerusform>%Ln run</numerusform>
            <numerusform>%Ln runs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::CompletenessStrip</name>
    <message numerus="yes">
        <source>Paused · %Ln changes waiting</source>
        <translation>
            <numerusform>Paused · %Ln change waiting</numerusform>
            <numerusform>Paused · %Ln changes waiting</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ConnectionText</name>
    <message numerus="yes">
        <source>%Ln masters</source>
        <translation>
            <numerusform>%Ln master</numerusform>
            <numerusform>%Ln masters</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::ConnectionsDialog</name>
    <message numerus="yes">
        <source>%Ln connections cannot be read; they stay in the file.</source>
        <translation>
            <numerusform>%Ln connection cannot be read; it stays in the file.</numerusform>
            <numerusform>%Ln connections cannot be read; they stay in the file.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln connections are deleted.</source>
        <translation>
            <numerusform>%Ln connection is deleted.</numerusform>
            <numerusform>%Ln connections are deleted.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln connections are imported.</source>
        <translation>
            <numerusform>%Ln connection is imported.</numerusform>
            <numerusform>%Ln connections are imported.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::FamiliesDialog</name>
    <message numerus="yes">
        <source>Saved; %Ln families of yours are in use.</source>
        <translation>
            <numerusform>Saved; %Ln family of yours is in use.</numerusform>
            <numerusform>Saved; %Ln families of yours are in use.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::FamilyPreview</name>
    <message numerus="yes">
        <source>%1 and %Ln more</source>
        <translation>
            <numerusform>%1 and %Ln more</numerusform>
            <numerusform>%1 and %Ln more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::FilterBar</name>
    <message numerus="yes">
        <source>%1 of %Ln locks</source>
        <translation>
            <numerusform>%1 of %Ln lock</numerusform>
            <numerusform>%1 of %Ln locks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln locks</source>
        <translation>
            <numerusform>%Ln lock</numerusform>
            <numerusform>%Ln locks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::GroupsPanel</name>
    <message numerus="yes">
        <source>%Ln other groups</source>
        <translation>
            <numerusform>%Ln other group</numerusform>
            <numerusform>%Ln other groups</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln locks</source>
        <translation>
            <numerusform>%Ln lock</numerusform>
            <numerusform>%Ln locks</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a readable holder</source>
        <translation>
            <numerusform>%Ln without a readable holder</numerusform>
            <numerusform>%Ln without a readable holder</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln without a prefix</source>
        <translation>
            <numerusform>%Ln without a prefix</numerusform>
            <numerusform>%Ln without a prefix</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::HeldLocksQuestion</name>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>You still hold %Ln locks:</source>
        <translation>
            <numerusform>You still hold %Ln lock:</numerusform>
            <numerusform>You still hold %Ln locks:</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::ImportDialog</name>
    <message numerus="yes">
        <source>An export of %1 with %Ln connections.</source>
        <translation>
            <numerusform>An export of %1 with %Ln connection.</numerusform>
            <numerusform>An export of %1 with %Ln connections.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>&amp;Import %Ln connections</source>
        <translation>
            <numerusform>&amp;Import %Ln connection</numerusform>
            <numerusform>&amp;Import %Ln connections</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::LabSetup</name>
    <message numerus="yes">
        <source>Sandbox: %Ln masters</source>
        <translation>
            <numerusform>Sandbox: %Ln master</numerusform>
            <numerusform>Sandbox: %Ln masters</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::LanesView</name>
    <message numerus="yes">
        <source>%Ln clients, %1 to %2</source>
        <translation>
            <numerusform>%Ln client, %1 to %2</numerusform>
            <numerusform>%Ln clients, %1 to %2</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::MainWindow</name>
    <message numerus="yes">
        <source>At most %Ln locks can be selected at a time.</source>
        <translation>
            <numerusform>At most %Ln lock can be selected at a time.</numerusform>
            <numerusform>At most %Ln locks can be selected at a time.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %Ln more</source>
        <translation>
            <numerusform>and %Ln more</numerusform>
            <numerusform>and %Ln more</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln locks</source>
        <translation>
            <numerusform>%Ln lock</numerusform>
            <numerusform>%Ln locks</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::ServerPage</name>
    <message numerus="yes">
        <source>Last %n minutes</source>
        <translation>
            <numerusform>Last %n minute</numerusform>
            <numerusform>Last %n minutes</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>lockscope::StressLab</name>
    <message numerus="yes">
        <source>%Ln overlaps</source>
        <translation>
            <numerusform>%Ln overlap</numerusform>
            <numerusform>%Ln overlaps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln lost updates</source>
        <translation>
            <numerusform>%Ln lost update</numerusform>
            <numerusform>%Ln lost updates</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln stale writes</source>
        <translation>
            <numerusform>%Ln stale write</numerusform>
            <numerusform>%Ln stale writes</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln deletions of another&apos;s lock</source>
        <translation>
            <numerusform>%Ln deletion of another&apos;s lock</numerusform>
            <numerusform>%Ln deletions of another&apos;s lock</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln renewals of another&apos;s lock</source>
        <translation>
            <numerusform>%Ln renewal of another&apos;s lock</numerusform>
            <numerusform>%Ln renewals of another&apos;s lock</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln fencing tokens that went back</source>
        <translation>
            <numerusform>%Ln fencing token that went back</numerusform>
            <numerusform>%Ln fencing tokens that went back</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%Ln orphans</source>
        <translation>
            <numerusform>%Ln orphan</numerusform>
            <numerusform>%Ln orphans</numerusform>
        </translation>
    </message>
</context>
</TS>
