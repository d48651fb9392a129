using AccessLogWebhook.Policy.Formats;

namespace AccessLogWebhook.Policy.Tests.Formats;

public sealed class JsonFormatTests
{
    private const string Path = "spec.format.json";

    [Theory]
    [InlineData("istio")]
    [InlineData("classic")]
    public void A_preset_alone_is_that_preset(string name)
    {
        var format = Read($$"""{"preset":"{{name}}"}""");

        Assert.Equal(FormatPresets.Json(name), format.Value);
        Assert.Equal((Path, name), (format.Path, format.Preset));
        Assert.Empty(format.Fields.Members);
    }

    [Fact]
    public void Fields_alone_are_in_the_order_of_writing() => Assert.Equal(
        """{"z":"%DURATION%","a":{"b":[1,true,null]}}""",
        Spell("""{"fields":{"z":"%DURATION%","a":{"b":[1,true,null]}},"preset":null,"omit":null,"rename":null}"""));

    [Fact]
    public void Members_are_left_out_renamed_replaced_and_added_in_the_presets_order()
    {
        var names = FormatPresets.IstioJson.Members.Select(member => member.Name).ToList();
        names[names.IndexOf("path")] = "uri";
        names.Remove("user_agent");

        var format = Read("""
            {"preset": "istio", "omit": ["user_agent"], "rename": {"path": "uri"}, "fields": {"trace_id": "%TRACE_ID%", "path": "%PATH(NQ)%", "mesh": {"version": 2}, "method": "GET"}}
            """);

        Assert.Equal([.. names, "trace_id", "mesh"], format.Value.Members.Select(member => member.Name));
        Assert.Equal("\"%PATH(NQ)%\"", Value("uri"));
        Assert.Equal("\"GET\"", Value("method"));
        Assert.Equal("\"%PROTOCOL%\"", Value("protocol"));
        Assert.Equal("{\"version\":2}", Value("mesh"));

        string Value(string name) => FormatValues.Spell(format.Value.Members.Single(member => member.Name == name).Value);
    }

    [Fact]
    public void Two_members_may_swap_their_names()
    {
        var format = Read("""{"preset":"istio","rename":{"method":"path","path":"method"}}""");

        Assert.Equal(["start_time", "route_name", "path", "method"], format.Value.Members.Select(member => member.Name).Take(4));
    }

    [Fact]
    public void A_name_that_was_left_out_is_free() => Assert.Contains(
        "\"method\":\"%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%\"", Spell("""{"preset":"istio","omit":["method"],"rename":{"path":"method"}}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("5", "spec.format.json: must be an object with preset, fields, omit or rename.")]
    [InlineData("{}", "spec.format.json: logs nothing: name a preset (istio, classic), or write fields.")]
    [InlineData("""{"fields":{}}""", "spec.format.json: logs nothing: name a preset (istio, classic), or write fields.")]
    [InlineData("""{"preset":"Istio"}""", "spec.format.json.preset: must be istio or classic.")]
    [InlineData("""{"preset":5}""", "spec.format.json.preset: must be istio or classic.")]
    [InlineData("""{"preset":"istio","field":{"a":"b"}}""", "spec.format.json.field: is no field of a JSON format; did you mean fields?")]
    [InlineData("""{"preset":"istio","trace_id":"%TRACE_ID%"}""", "spec.format.json.trace_id: is no field of a JSON format; what is to be logged stands under fields.")]
    [InlineData("""{"fields":[]}""", "spec.format.json.fields: must be an object: each name with what is logged under it.")]
    [InlineData("""{"fields":{"a":{"b":"%A%"}}}""", "spec.format.json.fields.a.b: \"%A%\" at 0: there is no such command operator.")]
    [InlineData("""{"preset":"istio","omit":"path"}""", "spec.format.json.omit: must be a list of at most 100 names.")]
    [InlineData("""{"preset":"istio","omit":[1]}""", "spec.format.json.omit[0]: must be a name.")]
    [InlineData("""{"preset":"istio","omit":["path","method","user-agent"]}""", "spec.format.json.omit[2]: the preset has no \"user-agent\", did you mean user_agent?")]
    [InlineData("""{"preset":"istio","omit":["path","path"]}""", "spec.format.json.omit[1]: \"path\" comes twice: keep one.")]
    [InlineData("""{"preset":"istio","omit":["path"],"fields":{"path":"x"}}""", "spec.format.json.omit[0]: \"path\" has a value under fields, so it cannot be left out: take one of the two away.")]
    [InlineData("""{"fields":{"a":"b"},"omit":["path"]}""", "spec.format.json.omit[0]: there is no preset: name one, or take this away.")]
    [InlineData("""{"fields":{"a":"b"},"rename":{"path":"uri"}}""", "spec.format.json.rename[path]: there is no preset: name one, or take this away.")]
    [InlineData("""{"fields":{"a":"b"},"rename":{"a":"c"}}""", "spec.format.json.rename[a]: \"a\" is a name under fields: write the other name there.")]
    [InlineData("""{"preset":"istio","rename":[]}""", "spec.format.json.rename: must be an object with at most 100 members: each old name with the new one.")]
    [InlineData("""{"preset":"istio","rename":{"path":5}}""", "spec.format.json.rename[path]: must be the new name, a string.")]
    [InlineData("""{"preset":"istio","rename":{"path":""}}""", "spec.format.json.rename[path]: must be the new name, which is empty.")]
    [InlineData("""{"preset":"istio","rename":{"path":"a","path":"b"}}""", "spec.format.json.rename[path]: comes twice: keep one.")]
    [InlineData("""{"preset":"istio","rename":{"pth":"uri"}}""", "spec.format.json.rename[pth]: the preset has no \"pth\", did you mean path?")]
    [InlineData("""{"preset":"istio","rename":{"path":"method"}}""", "spec.format.json.rename[path]: there is another \"method\": choose another name, or omit that one.")]
    [InlineData("""{"preset":"istio","rename":{"path":"uri"},"fields":{"uri":"x"}}""", "spec.format.json.rename[path]: there is another \"uri\": choose another name, or omit that one.")]
    [InlineData("""{"preset":"istio","omit":["path"],"rename":{"path":"uri"}}""", "spec.format.json.rename[path]: \"path\" is left out by omit, so it cannot be renamed: take one of the two away.")]
    public void What_is_wrong_is_refused_with_its_field(string json, string error) => Assert.Equal([error], Errors(json));

    [Fact]
    public void A_name_without_a_neighbour_is_answered_with_those_there_are() => Assert.Equal(
        ["spec.format.json.omit[0]: the preset has no \"nothing like it\"; it has authority, bytes_received, bytes_sent, connection_termination_details, downstream_local_address, downstream_remote_address, duration, method, path, protocol, request_id, requested_server_name, response_code, response_code_details, response_flags, route_name, start_time, upstream_cluster, upstream_host, upstream_local_address, upstream_service_time, upstream_transport_failure_reason, user_agent, x_forwarded_for."],
        Errors("""{"preset":"istio","omit":["nothing like it"]}"""));

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once() => Assert.Equal(
        [
            "spec.format.json.more: is no field of a JSON format; what is to be logged stands under fields.",
            "spec.format.json.preset: must be istio or classic.",
            "spec.format.json.fields.a: \"%\" at 1: no command operator begins here: write %% for a percent sign.",
            "spec.format.json.omit[0]: must be a name.",
            "spec.format.json.rename[path]: must be the new name, a string.",
        ],
        Errors("""{"more":1,"preset":"x","fields":{"a":"5%"},"omit":[{}],"rename":{"path":null}}"""));

    [Fact]
    public void Everything_may_be_left_out_but_not_all_at_once()
    {
        var names = string.Join(',', FormatPresets.IstioJson.Members.Select(member => $"\"{member.Name}\""));

        Assert.Equal(["spec.format.json: logs nothing: name a preset (istio, classic), or write fields."], Errors($$"""{"preset":"istio","omit":[{{names}}]}"""));
        Assert.Equal("""{"a":"b"}""", Spell($$"""{"preset":"istio","omit":[{{names}}],"fields":{"a":"b"} }"""));
    }

    [Fact]
    public void Findings_of_the_preset_are_what_it_gives_away_and_of_fields_all() => Assert.Equal(
        [
            "spec.format.json.preset: its member path: %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% logs the query string, which often holds personal data and tokens: write %REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%.",
            "spec.format.json.fields.token: %REQ(AUTHORIZATION)% logs a credential, if AUTHORIZATION is what its name says: leave it out.",
            "spec.format.json.fields.token: %REQ(AUTHORIZATION)% says nothing (\"-\") of TCP connections: log those in a profile of their own, or take it that the field is empty there.",
        ],
        Read("""{"preset":"istio","fields":{"token":"%REQ(AUTHORIZATION)%","method":"%REQ(:METHOD)%"}}""").Findings(usedForTcp: true).Where(finding => !finding.Path.EndsWith(".method", StringComparison.Ordinal)).Select(finding => finding.ToString()));

    [Fact]
    public void A_preset_without_its_path_gives_nothing_away()
    {
        Assert.Empty(Read("""{"preset":"istio","omit":["path"]}""").Findings(usedForTcp: true));
        Assert.Empty(Read("""{"preset":"classic","fields":{"path":"%REQ_WITHOUT_QUERY(:PATH)%"}}""").Findings(usedForTcp: false));
    }

    private static JsonFormat Read(string json)
    {
        var errors = new List<FormatError>();
        var format = JsonFormatReader.Read(FormatValues.JsonElement(json), Path, errors);
        Assert.Empty(errors);
        return format!;
    }

    private static string Spell(string json) => FormatValues.Spell(Read(json).Value);

    private static List<string> Errors(string json)
    {
        var errors = new List<FormatError>();
        Assert.Null(JsonFormatReader.Read(FormatValues.JsonElement(json), Path, errors));
        return [.. errors.Select(error => error.ToString())];
    }
}
