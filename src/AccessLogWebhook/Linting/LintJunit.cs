using System.Globalization;
using System.Text;
using System.Xml;
using AccessLogWebhook.Policy.Linting;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Linting;

/// <summary>
/// JUnit's XML as build servers read it: a suite for each object, a case for each finding, or one that passes where there is none. What is lighter than
/// what fails the command does not fail its case either.
/// </summary>
internal static class LintJunit
{
    private static readonly XmlWriterSettings Settings = new() { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) };

    public static string Write(IReadOnlyCollection<LintedObject> linted, LintSeverity failOn)
    {
        using var output = new MemoryStream();
        using (var xml = XmlWriter.Create(output, Settings))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "accesslog lint");
            WriteCounts(xml, linted, failOn);
            foreach (var @object in linted)
            {
                WriteSuite(xml, @object, failOn);
            }

            xml.WriteEndElement();
        }

        return $"{Encoding.UTF8.GetString(output.ToArray())}\n";
    }

    private static void WriteSuite(XmlWriter xml, LintedObject @object, LintSeverity failOn)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", TerminalText.Safe(@object.Title));
        WriteCounts(xml, [@object], failOn);
        if (@object.Findings.IsEmpty)
        {
            WriteCase(xml, @object, "no findings");
            xml.WriteEndElement();
        }

        foreach (var found in @object.Findings)
        {
            var (finding, rule) = (found.Finding, found.Finding.Rule);
            WriteCase(xml, @object, $"{rule.Id} {rule.Name} {finding.Path}");
            if (found.Line > 0)
            {
                xml.WriteAttributeString("line", found.Line.ToString(CultureInfo.InvariantCulture));
            }

            var text = $"{(@object.Source.Length > 0 ? $"{@object.Source}:{found.Line}:{found.Column}: " : "")}{finding.Path}: {LintNames.TextOf(finding)}";
            if (rule.Severity <= failOn)
            {
                xml.WriteStartElement("failure");
                xml.WriteAttributeString("type", LintNames.Of(rule.Severity));
                xml.WriteAttributeString("message", TerminalText.Safe(finding.Message));
                xml.WriteString(TerminalText.Safe(text));
                xml.WriteEndElement();
            }
            else
            {
                xml.WriteElementString("system-out", TerminalText.Safe($"{LintNames.Of(rule.Severity)}: {text}"));
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    /// <summary>Begins a case; it is still open.</summary>
    private static void WriteCase(XmlWriter xml, LintedObject @object, string name)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", TerminalText.Safe(name));
        xml.WriteAttributeString("classname", TerminalText.Safe(@object.Title));
        if (@object.HasFile)
        {
            xml.WriteAttributeString("file", TerminalText.Safe(@object.Source));
        }
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyCollection<LintedObject> linted, LintSeverity failOn)
    {
        var cases = linted.Sum(each => Math.Max(1, each.Findings.Length));
        var failures = linted.Sum(each => each.Findings.Count(found => found.Finding.Rule.Severity <= failOn));
        xml.WriteAttributeString("tests", cases.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", failures.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", "0");
    }
}
