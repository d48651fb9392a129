using System.Text;
using AccessLogWebhook.Manifests;
using CsCheck;

namespace AccessLogWebhook.Tests.Manifests;

public sealed class ManifestReaderTests
{
    private const string Head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: x}\n";

    [Fact]
    public void Documents_become_manifests_with_their_line_and_names()
    {
        var reading = Read("# first\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: x\n---\n\napiVersion: apps/v1\nkind: Deployment\n");

        Assert.Empty(reading.Errors);
        Assert.Equal(
            [("f.yaml", 3, "v1", "Pod", "x", "a"), ("f.yaml", 10, "apps/v1", "Deployment", "", "")],
            reading.Manifests.Select(manifest =>
                (manifest.Source, manifest.Line, manifest.ApiVersion, manifest.Kind, manifest.Namespace, manifest.Name)));
        Assert.Equal("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"x"}}""", Json(reading.Manifests[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\ufeff")]
    [InlineData("# only a comment")]
    [InlineData("---\n---\n...\n---\n# nothing\n")]
    [InlineData("~\n---\nnull\n")]
    [InlineData("\r\n\r\n")]
    public void Empty_documents_are_left_out(string text)
    {
        var reading = Read(text);

        Assert.Empty(reading.Errors);
        Assert.Empty(reading.Manifests);
    }

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_do_not_matter()
    {
        var reading = Read("\ufeffapiVersion: v1\r\nkind: Pod\r\nmetadata:\r\n  name: a\r\ntext: |\r\n  x\r\n  y\r\n...\r\n");

        Assert.Empty(reading.Errors);
        Assert.Equal("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"text":"x\ny\n"}""", Json(Assert.Single(reading.Manifests)));
    }

    [Fact]
    public void Several_JSON_texts_in_one_file_are_read_with_their_numbers_as_spelled()
    {
        var reading = Read("""
            {"apiVersion": "v1", "kind": "Pod", "n": [1.0, 1e3, 123456789012345678901234567890, -0], "s": "\u00e9\ud83d\ude00\/"}
            {"apiVersion": "v1", "kind": "Secret"}
            """, "f.json");

        Assert.Empty(reading.Errors);
        Assert.Equal([1, 2], reading.Manifests.Select(manifest => manifest.Line));
        Assert.Equal("""{"apiVersion":"v1","kind":"Pod","n":[1.0,1e3,123456789012345678901234567890,-0],"s":"é\uD83D\uDE00/"}""", Json(reading.Manifests[0]));
    }

    [Fact]
    public void A_file_that_begins_like_JSON_may_be_YAML()
    {
        var reading = Read("{apiVersion: v1, kind: Pod, list: [a, 'b', 1,]}\n");

        Assert.Empty(reading.Errors);
        Assert.Equal("""{"apiVersion":"v1","kind":"Pod","list":["a","b",1]}""", Json(Assert.Single(reading.Manifests)));
    }

    [Fact]
    public void Anchors_aliases_and_merge_keys_are_followed_as_kubectl_follows_them()
    {
        var reading = Read(Head + """
            a: &a {x: 1, w: 2}
            b: &b {w: 3, z: 4}
            alias: *a
            before: {<<: *a, w: 9}
            after: {w: 9, <<: *a}
            list: {<<: [*a, *b]}
            quoted: {"<<": 1}
            &k key: *k
            """);

        Assert.Empty(reading.Errors);
        Assert.EndsWith(
            """
            "alias":{"x":1,"w":2},"before":{"x":1,"w":9},"after":{"w":2,"x":1},"list":{"w":2,"z":4,"x":1},"quoted":{"<<":1},"key":"key"}
            """,
            Json(Assert.Single(reading.Manifests)), StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_are_numbers_or_booleans_become_text_as_for_kubectl()
    {
        var reading = Read(Head + "m: {1: a, 0x10: b, yes: c, 1.10: d, 123456.7: e, 1234567.8: f, 1e6: g, 0.0001: h, 0.00001: i, -2.50: j, 1e300: k, 123456789012345678901234567890: l, -0: m}\n");

        Assert.Empty(reading.Errors);
        Assert.EndsWith(
            """
            "m":{"1":"a","16":"b","true":"c","1.1":"d","123456.7":"e","1.2345678e+06":"f","1e+06":"g","0.0001":"h","1e-05":"i","-2.5":"j",".inf":"k","1.2345679e+29":"l","0":"m"}}
            """,
            Json(Assert.Single(reading.Manifests)), StringComparison.Ordinal);
    }

    [Fact]
    public void Known_tags_decide()
    {
        var reading = Read(Head + "t: [!!str 5, !!str , !!int \"5\", !!bool \"yes\", !!float 5, !!null '', ! 5, !!seq [], !!map {}, !!timestamp 2001-01-01]\n");

        Assert.Empty(reading.Errors);
        Assert.EndsWith("""
            "t":["5","",5,true,5,null,"5",[],{},"2001-01-01"]}
            """, Json(Assert.Single(reading.Manifests)), StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_stand_for_their_items_at_the_items_lines()
    {
        var reading = Read("""
            apiVersion: v1
            kind: List
            items:
            - apiVersion: v1
              kind: Pod
              metadata: {name: a}
            - apiVersion: v1
              kind: PodList
              items:
              - metadata: {name: b}
              - apiVersion: v1
                kind: Pod
                metadata: {name: c}
            ---
            apiVersion: v1
            kind: List
            items: []
            ---
            apiVersion: example.org/v1
            kind: AllowList
            items: {a: b}
            """);

        Assert.Empty(reading.Errors);
        Assert.Equal(
            [(4, "Pod", "a", "List"), (10, "Pod", "b", "PodList"), (11, "Pod", "c", "PodList"), (19, "AllowList", "", null)],
            reading.Manifests.Select(manifest => (manifest.Line, manifest.Kind, manifest.Name, manifest.List?.Kind)));
        Assert.Equal("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"b"}}""", Json(reading.Manifests[1]));
        Assert.Same(reading.Manifests[1].List, reading.Manifests[2].List);
    }

    [Theory]
    [InlineData("kind: Pod\n", "f.yaml:1:1: apiVersion is missing; give one, for instance apiVersion: v1.")]
    [InlineData("apiVersion: v1\nkind: ''\n", "f.yaml:1:1: kind is missing; give one, for instance kind: Pod.")]
    [InlineData("apiVersion: 1\nkind: Pod\n", "f.yaml:1:13: apiVersion must be a string: quote the value.")]
    [InlineData("- a\n", "f.yaml:1:1: a manifest is a mapping with apiVersion and kind; this is a list.")]
    [InlineData("hello\n", "f.yaml:1:1: a manifest is a mapping with apiVersion and kind; this is a single value.")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata:\n  name: 007\n", "f.yaml:4:9: metadata.name must be a string: quote the value.")]
    [InlineData("apiVersion: v1\nkind: Pod\nmetadata: []\n", "f.yaml:3:11: metadata must be a mapping.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: 1\nb:\n  c: 1\n  c: 2\n", "f.yaml:6:3: the key \"c\" comes a second time; line 5 has it already.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: {1: x, \"1\": y}\n", "f.yaml:3:11: the key \"1\" comes a second time; line 3 has it already.")]
    [InlineData("{\"apiVersion\": \"v1\",\n \"kind\": \"Pod\", \"kind\": \"Pod\"}", "f.yaml:2:17: the key \"kind\" comes a second time; line 2 has it already.")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec:\n\tcontainers: []\n", "f.yaml:4:1: is indented with a tab: YAML takes spaces only.")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec:\n  a: 1\n  \tb: 1\n", "f.yaml:5:3: is indented with a tab: YAML takes spaces only.")]
    [InlineData("apiVersion: v1\nkind: Pod\nspec: [a\n", "f.yaml:4:1: invalid YAML: while parsing a flow sequence, did not find expected ',' or ']'.")]
    [InlineData("apiVersion: v1\nkind: \"Pod\n", "f.yaml:2:7: invalid YAML: while scanning a quoted scalar, found unexpected end of stream.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: b: c\n", "f.yaml:3:5: invalid YAML: while scanning a plain scalar value, found invalid mapping.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: \"\\ud800\\u0041\"\n", "f.yaml:3:17: invalid YAML near this place.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: .inf\n", "f.yaml:3:4: .inf is a number that JSON does not have: quote it, if text is meant.")]
    [InlineData("apiVersion: v1\nkind: Pod\n~: b\n", "f.yaml:3:1: a key cannot be null: quote it.")]
    [InlineData("apiVersion: v1\nkind: Pod\n? [a]\n: b\n", "f.yaml:3:3: a key must be text; this is a list or a mapping.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: !foo b\n", "f.yaml:3:4: the tag !foo is none that Kubernetes knows.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: !!binary aGk=\n", "f.yaml:3:4: the tag !!binary is none that Kubernetes knows.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: !!int x\n", "f.yaml:3:4: \"x\" is no !!int.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: !!set {b: c}\n", "f.yaml:3:4: the tag !!set does not fit here: a mapping has none, or !!map.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: *b\n", "f.yaml:3:4: the alias *b names no anchor before it.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: &a [*a]\n", "f.yaml:3:8: the alias *a stands inside of what it names.")]
    [InlineData("apiVersion: v1\nkind: Pod\n<<: 1\n", "f.yaml:3:5: the merge key << takes a mapping or a list of mappings.")]
    [InlineData("apiVersion: v1\nkind: Pod\n<<: {a: 1}\n<<: {b: 1}\n", "f.yaml:4:1: the key \"<<\" comes a second time; line 3 has it already.")]
    [InlineData("apiVersion: v1\nkind: Pod\na: b\u0007\n", "f.yaml:3:5: has the control character U+0007, which YAML does not allow.")]
    [InlineData("{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"a\": \"\\ud800\"}", "f.yaml:1:42: has half of a surrogate pair, which is no character.")]
    public void A_faulty_document_is_reported_where_it_is_faulty(string text, string error)
    {
        var reading = Read(text);

        Assert.Equal([error], reading.Errors.Select(each => each.ToString()));
        Assert.Empty(reading.Manifests);
    }

    [Fact]
    public void A_JSON_file_that_is_no_YAML_either_is_reported_as_JSON()
    {
        var reading = Read("{\"apiVersion\": \"v1\",\n \"kind\": \"Pod\" \"a\": 1}", "f.json");

        Assert.Equal(
            ["f.json:2:16: invalid JSON: '\"' is invalid after a value. Expected either ',', '}', or ']'."],
            reading.Errors.Select(error => error.ToString()));
    }

    [Fact]
    public void A_faulty_document_does_not_hide_the_others()
    {
        var reading = Read(Head + "---\nkind: Pod\n---\n" + Head + "a: {b: 1, b: 2}\n---\n" + Head + "---\na: [\n");

        Assert.Equal([1, 12], reading.Manifests.Select(manifest => manifest.Line));
        Assert.Equal([5, 10, 17], reading.Errors.Select(error => error.Line));
    }

    [Fact]
    public void A_message_stays_one_line_of_readable_length_whatever_the_file_says()
    {
        var key = "a\\n\\u2028" + new string('b', 1_000_000);

        var error = Assert.Single(Read($"{{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"{key}\": 1, \"{key}\": 1}}").Errors);

        Assert.Equal($"the key \"a  {new string('b', 123)}…\" comes a second time; line 1 has it already.", error.Message);
    }

    [Fact]
    public void Text_that_is_not_UTF_8_is_refused_with_its_place()
    {
        var invalid = ManifestReader.Read("f.yaml", (byte[])[.. "a: é\nb: "u8, 0xc3, 0x28, (byte)'\n']);
        var utf16 = ManifestReader.Read("f.yaml", Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("a: b")).ToArray());

        Assert.Equal("f.yaml:2:4: is not UTF-8: byte 0xc3.", Assert.Single(invalid.Errors).ToString());
        Assert.Equal("f.yaml:1:1: is UTF-16: save it as UTF-8.", Assert.Single(utf16.Errors).ToString());
    }

    [Theory]
    [InlineData("[", 1)]
    [InlineData("- ", 1)]
    [InlineData("{a: ", 1)]
    [InlineData("? ", 1)]
    [InlineData("[", 100_000)]
    public void Deep_nesting_is_refused(string opening, int times)
    {
        var reading = Read(string.Concat(Enumerable.Repeat(opening, 202 * times)));

        Assert.Equal("is nested deeper than 200 levels.", Assert.Single(reading.Errors).Message);
    }

    [Fact]
    public void Deep_nesting_of_JSON_is_refused()
    {
        var reading = Read(string.Concat(Enumerable.Repeat("[", 201)) + "1" + string.Concat(Enumerable.Repeat("]", 201)), "f.json");

        Assert.Equal("f.json:1:202: is nested deeper than 200 levels.", Assert.Single(reading.Errors).ToString());
    }

    [Fact]
    public void Aliases_cannot_nest_deeper_either()
    {
        var text = new StringBuilder(Head).Append("a0: &a0 []\n");
        for (var i = 1; i < 100_000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}]\n");
        }

        Assert.Equal("is nested deeper than 200 levels.", Assert.Single(Read(text.ToString()).Errors).Message);
    }

    [Fact]
    public void Aliases_that_stand_for_a_billion_values_are_refused()
    {
        var text = new StringBuilder(Head).Append("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var i = 1; i < 10; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        }

        Assert.Equal("the aliases of this file expand to more than 32 MiB.", Assert.Single(Read(text.ToString()).Errors).Message);
    }

    [Fact]
    public void Merge_keys_cannot_copy_without_bound()
    {
        var keys = string.Join(", ", Enumerable.Range(0, 2000).Select(i => $"k{i}: 1"));
        var aliases = string.Join(", ", Enumerable.Repeat("*a", 2000));

        Assert.Equal(
            "the merge keys of this file copy more than 1000000 entries.",
            Assert.Single(Read($"{Head}a: &a {{{keys}}}\nb: {{<<: [{aliases}]}}\n").Errors).Message);
    }

    [Fact]
    public void Lists_of_lists_cannot_stand_for_items_without_bound()
    {
        var text = new StringBuilder("apiVersion: v1\nkind: List\nitems:\n- &a0 {apiVersion: v1, kind: List, items: []}\n");
        for (var i = 1; i < 30; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"- &a{i} {{apiVersion: v1, kind: List, items: [*a{i - 1}, *a{i - 1}]}}\n");
        }

        Assert.Equal("the lists of this file have more than 1000000 items.", Assert.Single(Read(text.ToString()).Errors).Message);
    }

    [Fact]
    public void What_is_no_readable_file_is_an_error_of_the_file()
    {
        var directory = Directory.CreateTempSubdirectory();
        var missing = Path.Combine(directory.FullName, "missing.yaml");

        Assert.Equal($"{missing}: does not exist.", Assert.Single(ManifestReader.ReadFile(missing).Errors).ToString());
        Assert.Equal($"{directory.FullName}: is a directory.", Assert.Single(ManifestReader.ReadFile(directory.FullName).Errors).ToString());

        directory.Delete();
    }

    [Fact]
    public void No_text_makes_the_reader_throw() =>
        Gen.OneOf("a", "b: ", "\"", "'", "\\u", "\\ud83d", "\\ude00", "0041", "{", "}", "[", "]", ",", ":", "?", "- ", "-", "---", "...", "\n", "\n  ", "\n\t", "\r", "\t",
            "&a ", "*a", "!", "!!str ", "!<x>", "%YAML 1.1", "%TAG ! x", "|", ">", "|-", "#", " #", "~", "<<: ", "\u0085", "\u2028", "\ufeff", "é", "1", "@", "`", "items:", "kind: List", "apiVersion: v1")
            .Array[0, 30]
            .Sample(parts => _ = Read(string.Concat(parts)), iter: 50_000);

    [Fact]
    public void A_stream_over_64_MiB_is_refused()
    {
        using var stream = new MemoryStream();
        stream.SetLength((64 * 1024 * 1024) + 1);

        Assert.Equal("<stdin>: is larger than 64 MiB.", Assert.Single(ManifestReader.Read(stream).Errors).ToString());
    }

    private static ManifestReading Read(string text, string source = "f.yaml") => ManifestReader.Read(source, Encoding.UTF8.GetBytes(text));

    private static string Json(Manifest manifest) => Encoding.UTF8.GetString(manifest.Json.Span);
}
