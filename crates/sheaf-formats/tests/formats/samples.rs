//! One small file of each format, for what is done to all of them.

use sheaf_formats::Format;
use sheaf_model::Media;

pub(crate) struct Sample {
    pub(crate) format: Format,
    pub(crate) media: Media,
    /// The file that is cut and changed.
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    /// Files beside it.
    pub(crate) rest: &'static [(&'static str, &'static str)],
    /// What comes out: assets, annotations, fields.
    pub(crate) found: (usize, usize, usize),
}

pub(crate) const COCO: &str = r#"{"info":{"year":2024},"images":[
 {"id":1,"file_name":"a/b.jpg","width":100,"height":80},{"id":2,"file_name":"c.jpg","width":50,"height":50}],
 "annotations":[
 {"id":7,"image_id":1,"category_id":3,"bbox":[1,2,30.5,40],"area":1220,"segmentation":[],"iscrowd":0,"attributes":{"old":true}},
 {"id":8,"image_id":2,"category_id":4,"bbox":[0,0,10,10],"segmentation":[[0,0,10,0,10,10]],"iscrowd":0,"score":0.5},
 {"id":9,"image_id":2,"category_id":4,"bbox":[5,5,20,20],"segmentation":{"counts":[1,2],"size":[50,50]},"iscrowd":1}],
 "categories":[{"id":3,"name":"car"},{"id":4,"name":"dog"}]}"#;

pub(crate) const LABEL_STUDIO: &str = r#"[{"id":1,"data":{"image":"https://x.org/a.jpg","hour":3},"annotations":[
 {"completed_by":{"email":"kim@x.org"},"was_cancelled":false,"result":[
 {"id":"r1","from_name":"label","to_name":"image","type":"rectanglelabels","original_width":200,"original_height":100,
  "value":{"x":10,"y":20,"width":30,"height":40,"rotation":0,"rectanglelabels":["car"]}},
 {"id":"r1","from_name":"side","to_name":"image","type":"choices","original_width":200,"original_height":100,
  "value":{"x":10,"y":20,"width":30,"height":40,"choices":["left"]}},
 {"id":"r2","from_name":"poly","to_name":"image","type":"polygonlabels","original_width":200,"original_height":100,
  "value":{"points":[[0,0],[50,0],[50,50]],"polygonlabels":["dog"]}},
 {"from_name":"weather","to_name":"image","type":"choices","value":{"choices":["rain"]}}]}],
 "predictions":[{"model_version":"m1","score":0.7,"result":[
 {"id":"p","from_name":"label","to_name":"image","type":"ellipselabels","original_width":200,"original_height":100,
  "value":{"x":50,"y":50,"radiusX":10,"radiusY":10,"rotation":0,"ellipselabels":["dog"]}}]}]}]"#;

pub(crate) const LABEL_STUDIO_TEXT: &str = r#"[{"data":{"text":"Jané likes 😀 tea"},"annotations":[{"completed_by":4,"result":[
 {"id":"s","from_name":"label","to_name":"text","type":"labels","value":{"start":0,"end":4,"text":"Jané","labels":["person"]}},
 {"id":"t","from_name":"label","to_name":"text","type":"labels","value":{"start":13,"end":16,"text":"tea","labels":["drink"]}}]}]}]"#;

pub(crate) const VOC: &str = "<?xml version=\"1.0\"?>
<annotation>
  <filename>a.jpg</filename>
  <size><width>100</width><height>80</height><depth>3</depth></size>
  <object><name>car</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult>
    <bndbox><xmin>1</xmin><ymin>2</ymin><xmax>10</xmax><ymax>20</ymax></bndbox></object>
  <object><name>dog &amp; cat</name>
    <bndbox><xmin>5</xmin><ymin>5</ymin><xmax>6.5</xmax><ymax>20</ymax></bndbox></object>
</annotation>
";

pub(crate) const CVAT: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<annotations>
  <version>1.1</version>
  <meta><task><id>5</id><labels>
    <label><name>car</name><color>#FF0000</color><type>any</type><attributes>
      <attribute><name>side</name><mutable>False</mutable><input_type>select</input_type><values>left
right</values></attribute>
      <attribute><name>old</name><input_type>checkbox</input_type><values>false</values></attribute></attributes></label>
    <label><name>good</name><type>tag</type></label>
  </labels></task></meta>
  <image id=\"0\" name=\"day/a.jpg\" width=\"100\" height=\"80\">
    <box label=\"car\" source=\"manual\" occluded=\"0\" xtl=\"1.5\" ytl=\"2\" xbr=\"11.5\" ybr=\"20\" z_order=\"0\">
      <attribute name=\"side\">left</attribute><attribute name=\"old\">true</attribute></box>
    <polygon label=\"car\" source=\"auto\" occluded=\"1\" points=\"1,1;20,1;20,20.5\"></polygon>
    <ellipse label=\"car\" source=\"manual\" cx=\"30\" cy=\"30\" rx=\"5\" ry=\"6\"/>
    <polyline label=\"car\" source=\"manual\" points=\"1,1;2,2\"/>
    <mask label=\"car\" source=\"manual\" rle=\"0, 4\" left=\"3\" top=\"3\" width=\"2\" height=\"2\"/>
    <tag label=\"good\" source=\"manual\"></tag>
  </image>
</annotations>
";

pub(crate) const GROUND_TRUTH: &str = r#"{"source-ref":"s3://b/a.jpg","boxes":{"annotations":[{"class_id":1,"width":64,"top":2,"height":30,"left":3}],"image_size":[{"width":100,"depth":3,"height":80}]},"boxes-metadata":{"job-name":"labeling-job/j","class-map":{"0":"helmet","1":"head"},"human-annotated":"yes","objects":[{"confidence":0.09}],"creation-date":"2020-07-20T18:45:18.67","type":"groundtruth/object-detection"},"weather":0,"weather-metadata":{"class-name":"rain","confidence":0.9,"human-annotated":"no","job-name":"labeling-job/k","type":"groundtruth/image-classification"}}
{"source-ref":"s3://b/c.jpg","kinds":[0,2],"kinds-metadata":{"class-map":{"0":"a","2":"b"},"confidence-map":{"0":0.5,"2":0.6},"human-annotated":"yes","job-name":"labeling-job/k","type":"groundtruth/image-classification-multilabel"}}
"#;

pub(crate) const LABELBOX: &str = r#"{"data_row":{"id":"r","external_id":"a.jpg","global_key":"k1","row_data":"https://x.org/a.jpg"},"media_attributes":{"height":80,"width":100},"metadata_fields":[{"schema_name":"hour","value":3}],"projects":{"p":{"name":"P","labels":[{"label_kind":"Default","id":"l","label_details":{"created_by":"kim@x.org"},"annotations":{"objects":[{"feature_id":"f1","name":"car","annotation_kind":"ImageBoundingBox","classifications":[{"name":"side","radio_answer":{"name":"left"}}],"bounding_box":{"top":2,"left":3,"height":4,"width":5}},{"feature_id":"f2","name":"dog","annotation_kind":"ImagePolygon","polygon":[{"x":1,"y":1},{"x":9,"y":1},{"x":9,"y":9}]},{"feature_id":"f3","name":"tip","point":{"x":1,"y":1}}],"classifications":[{"name":"weather","checklist_answers":[{"name":"rain"},{"name":"fog"}]},{"name":"note","text_answer":{"content":"hm"}}],"relationships":[]}}]}}}
"#;

const DATA_YAML: &str = "path: ../x\ntrain: images\nnames:\n  0: car\n  1: dog\n";
const YOLO: &str = "0 0.5 0.5 0.2 0.25\n1 0.1 0.1 0.5 0.1 0.5 0.5\n0 0.25 0.25 0.1 0.1 0.8\n";

pub(crate) const SAMPLES: [Sample; 9] = [
    Sample {
        format: Format::Coco,
        media: Media::Image,
        name: "a.json",
        text: COCO,
        rest: &[],
        found: (2, 3, 0),
    },
    Sample {
        format: Format::LabelStudio,
        media: Media::Image,
        name: "a.json",
        text: LABEL_STUDIO,
        rest: &[],
        found: (1, 3, 1),
    },
    Sample {
        format: Format::LabelStudio,
        media: Media::Text,
        name: "a.json",
        text: LABEL_STUDIO_TEXT,
        rest: &[],
        found: (1, 2, 0),
    },
    Sample {
        format: Format::Voc,
        media: Media::Image,
        name: "a.xml",
        text: VOC,
        rest: &[],
        found: (1, 2, 0),
    },
    Sample {
        format: Format::Cvat,
        media: Media::Image,
        name: "annotations.xml",
        text: CVAT,
        rest: &[],
        found: (1, 4, 1),
    },
    Sample {
        format: Format::GroundTruth,
        media: Media::Image,
        name: "a.manifest",
        text: GROUND_TRUTH,
        rest: &[],
        found: (2, 1, 2),
    },
    Sample {
        format: Format::Labelbox,
        media: Media::Image,
        name: "a.ndjson",
        text: LABELBOX,
        rest: &[],
        found: (1, 2, 2),
    },
    Sample {
        format: Format::Yolo,
        media: Media::Image,
        name: "labels/a.txt",
        text: YOLO,
        rest: &[("data.yaml", DATA_YAML)],
        found: (1, 3, 0),
    },
    Sample {
        format: Format::CsvBoxes,
        media: Media::Image,
        name: "a.csv",
        text: "image_path,xmin,ymin,xmax,ymax,label,score\na.jpg,1,2,11,22,Tree,\na.jpg,5,5,9,9.5,Tree,0.5\nb.jpg,,,,,,\n",
        rest: &[],
        found: (2, 2, 0),
    },
];
