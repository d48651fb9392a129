using System.Globalization;
using System.Xml;
using AccessLogWebhook.Reviewing;

namespace AccessLogWebhook.Forms;

internal sealed record JunitSuite(string Name, IReadOnlyCollection<JunitCase> Cases);

/// <param name="ClassName">What build servers group cases by.</param>
/// <param name="File">Empty where there is no file that others can open.</param>
/// <param name="Line">0 where there is none.</param>
/// <param name="Failure">Null where the case passes.</param>
/// <param name="Output">What a case that passes says; empty for nothing.</param>
internal sealed record JunitCase(string Name, string ClassName, string File, int Line, JunitFailure? Failure, string Output);

internal sealed record JunitFailure(string Type, string Message, string Text);

/// <summary>JUnit's XML as build servers read it. Characters that XML does not have, or that a log would obey, are replaced.</summary>
internal static class JunitReport
{
    private static readonly XmlWriterSettings Settings = new() { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, CloseOutput = false };

    public static void Write(TextWriter output, string name, IReadOnlyCollection<JunitSuite> suites)
    {
        // A TextWriter is UTF-16 to the XML writer, which would say so in the declaration; what is written is UTF-8.
        output.Write("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        using (var xml = XmlWriter.Create(output, Settings))
        {
            xml.WriteStartElement("testsuites");
            Write(xml, "name", name);
            WriteCounts(xml, suites.Sum(suite => suite.Cases.Count), suites.Sum(Failures));
            foreach (var suite in suites)
            {
                xml.WriteStartElement("testsuite");
                Write(xml, "name", suite.Name);
                WriteCounts(xml, suite.Cases.Count, Failures(suite));
                foreach (var @case in suite.Cases)
                {
                    WriteCase(xml, @case);
                }

                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        }

        output.Write('\n');
    }

    private static void WriteCase(XmlWriter xml, JunitCase @case)
    {
        xml.WriteStartElement("testcase");
        Write(xml, "name", @case.Name);
        Write(xml, "classname", @case.ClassName);
        if (@case.File.Length > 0)
        {
            Write(xml, "file", @case.File);
        }

        if (@case.Line > 0)
        {
            Write(xml, "line", @case.Line.ToString(CultureInfo.InvariantCulture));
        }

        if (@case.Failure is { } failure)
        {
            xml.WriteStartElement("failure");
            Write(xml, "type", failure.Type);
            Write(xml, "message", failure.Message);
            xml.WriteString(TerminalText.Safe(failure.Text));
            xml.WriteEndElement();
        }
        else if (@case.Output.Length > 0)
        {
            xml.WriteElementString("system-out", TerminalText.Safe(@case.Output));
        }

        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, int cases, int failures)
    {
        Write(xml, "tests", cases.ToString(CultureInfo.InvariantCulture));
        Write(xml, "failures", failures.ToString(CultureInfo.InvariantCulture));
        Write(xml, "errors", "0");
    }

    private static int Failures(JunitSuite suite) => suite.Cases.Count(@case => @case.Failure is not null);

    private static void Write(XmlWriter xml, string attribute, string value) => xml.WriteAttributeString(attribute, TerminalText.Safe(value));
}
